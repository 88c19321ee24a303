//! Our own runtime: an executor and a reactor for one thread, with the names that tokio uses.
//!
//! ```text
//!            wake                 take, poll
//! Reactor ─────────▶ RunQueue ──────────────▶ Task (a future) ──┐
//!    ▲                                                          │ leaves its waker
//!    └──────────────────────────────────────────────────────────┘
//! ```
//!
//! A [`Runtime`] polls one future to its end, and beside it the tasks of every [`JoinSet`]. A future
//! that can't go on leaves a [`Waker`](std::task::Waker) where the event is expected: with the
//! reactor, which waits for descriptors and timers, or with any other thread. To wake means to put
//! the task into the run queue. When the queue is empty, the thread sleeps in `epoll_wait`.

mod budget;
mod context;
mod join_set;
mod listener;
mod reactor;
mod run_queue;
mod source;
mod stream;
mod task;
mod timeout;
mod timers;
mod watched;

pub use budget::BUDGET;
pub use context::Runtime;
pub use join_set::JoinSet;
pub use listener::TcpListener;
pub use stream::TcpStream;
pub use timeout::{Elapsed, timeout};
pub use timers::{Sleep, sleep};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; after a panic elsewhere, what is inside is used as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
