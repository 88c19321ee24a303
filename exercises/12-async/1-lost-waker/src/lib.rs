//! # 12-1 The lost waker
//!
//! A letterbox for one value: one end sends, perhaps from another thread, and the other end is a future
//! that waits for it. Programs that use it hang now and then, asleep, with nothing left to do.
//!
//! A future that returns `Pending` has made a promise: the waker of *this* poll will be called once it is
//! worth polling again. Find the three places where [`Receiver`] and [`Sender`] break it, and mend them:
//!
//! - A future may be polled by one task and then by another: it was moved, or `select` polls it from a
//!   different place. The task that asked *last* is to be woken, and no other.
//! - A sender that is dropped without having sent is news as well.
//! - `wake` is somebody else's code. It may do anything, even poll the receiver at once.
//!
//! All types are right as they are. The solution changes about ten lines.
//!
//! Read: the documentation of `Future::poll` and of `std::task::Wake`.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What both ends share.
struct Letterbox<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    value: Option<T>,
    /// The sender is gone: nothing will come any more.
    closed: bool,
    waker: Option<Waker>,
}

/// The end that sends one value.
pub struct Sender<T>(Arc<Letterbox<T>>);

/// The end that waits for it: a future of the value, or of None if the sender was dropped.
pub struct Receiver<T>(Arc<Letterbox<T>>);

/// Makes both ends.
#[must_use]
pub fn letterbox<T>() -> (Sender<T>, Receiver<T>) {
    let state = Mutex::new(State {
        value: None,
        closed: false,
        waker: None,
    });
    let letterbox = Arc::new(Letterbox { state });
    (Sender(Arc::clone(&letterbox)), Receiver(letterbox))
}

impl<T> Letterbox<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Sender<T> {
    /// Sends `value`, and wakes the one that waits.
    pub fn send(self, value: T) {
        let mut state = self.0.state();
        state.value = Some(value);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.state().closed = true;
    }
}

impl<T> Future for Receiver<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.state();
        if let Some(value) = state.value.take() {
            return Poll::Ready(Some(value));
        }
        if state.closed {
            return Poll::Ready(None);
        }
        state.waker.get_or_insert_with(|| context.waker().clone());
        Poll::Pending
    }
}
