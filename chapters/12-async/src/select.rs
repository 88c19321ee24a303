//! The first of two futures. It needs no runtime: any executor can poll it.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Which of two futures was ready first, with what it has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first one was.
    First(A),
    /// The second one was, and the first one wasn't.
    Second(B),
}

/// Two futures, of which one is waited for: see [`select`].
#[must_use = "a future does nothing until it is awaited"]
pub struct Select<A, B>(A, B);

/// Waits until one of two futures is ready. In each poll the first one is asked first.
///
/// The other one isn't lost: it is dropped with the result of `pin!`, or polled on later if the
/// caller has kept it.
// ANCHOR: select
pub fn select<A: Future + Unpin, B: Future + Unpin>(first: A, second: B) -> Select<A, B> {
    Select(first, second)
}

impl<A: Future + Unpin, B: Future + Unpin> Future for Select<A, B> {
    type Output = Either<A::Output, B::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = Pin::new(&mut self.0).poll(context) {
            return Poll::Ready(Either::First(output));
        }
        // Pending: each that was polled has the waker.
        Pin::new(&mut self.1).poll(context).map(Either::Second)
    }
}
// ANCHOR_END: select
