//! Three rules of wakers. The newest waker counts, since the future may have moved to another task.
//! Everything that ends the waiting wakes, also the end of the sender. And `wake` is called without a
//! lock, because it is somebody else's code.

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
        self.0.state().value = Some(value);
        // Dropping the sender wakes, after the value is there.
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        let waker = state.waker.take();
        drop(state); // before the call: it may come back here
        if let Some(waker) = waker {
            waker.wake();
        }
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
        // Always the waker of this poll: the last one may belong to another task.
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
