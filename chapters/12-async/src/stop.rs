//! The word to stop, from any thread to any number of tasks. It needs no runtime.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use slab::Slab;

/// Says once that all should stop. Clones say it together.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    said: bool,
    waiting: Slab<Waker>,
}

/// Waits for the word to stop: see [`Stop::wait`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct Wait {
    stop: Stop,
    /// Where its waker is.
    key: Option<usize>,
}

impl Stop {
    /// Wakes all that wait, in whatever thread they are polled; who waits later needn't wait.
    pub fn say(&self) {
        let mut state = self.state();
        state.said = true;
        let waiting = mem::take(&mut state.waiting);
        drop(state); // a waker may do anything, even come back here
        for (_, waker) in waiting {
            waker.wake();
        }
    }

    /// A future that ends when it has been said. Make one, and wait with it as often as needed:
    /// each has a place of its own among those that wait.
    pub fn wait(&self) -> Wait {
        Wait {
            stop: self.clone(),
            key: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let stop = self.stop.clone();
        let mut state = stop.state();
        if state.said {
            self.key = None;
            return Poll::Ready(());
        }
        match self.key {
            Some(key) => state.waiting[key].clone_from(context.waker()),
            None => self.key = Some(state.waiting.insert(context.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut state = self.stop.state();
        if let Some(key) = self.key
            && !state.said
        {
            state.waiting.try_remove(key);
        }
    }
}
