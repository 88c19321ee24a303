//! # 09-1 A queue that says no
//!
//! Between the loop and its workers there is a queue. The documents' server has one of 10,000 requests, and one that
//! doesn't fit is forgotten: its client waits for ever. Chapter 09 uses a channel of the standard library. Here
//! you write what is in it, with a `Mutex` and a `Condvar`.
//!
//! - `push` never waits. It takes a job, or gives it back as `Err`: if `limit` jobs are queued, or the queue is
//!   closed.
//! - `pop` takes the oldest job. If there is none, it sleeps until there is one. It must not spin.
//! - `close` ends the queue: nothing more is taken in. What is queued can still be popped; after that, `pop` gives
//!   `None`, to all who sleep in it, and to all who come later.
//!
//! All three are called from any thread at any time. A thread that has panicked while it held the lock must not take
//! the others along: `lock().unwrap_or_else(PoisonError::into_inner)`.
//!
//! Read: `std::sync::Condvar`, its `wait`, `notify_one` and `notify_all`.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue for at most so many jobs.
#[derive(Debug)]
pub struct Queue<J> {
    /// How many jobs it takes.
    limit: usize,
    state: Mutex<State<J>>,
    /// There is another job, or there will be none.
    changed: Condvar,
}

/// What belongs together: whoever sees one of them sees the other as it is at the same time.
#[derive(Debug)]
struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

impl<J> Queue<J> {
    /// An empty queue for at most `limit` jobs.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let (jobs, closed) = (VecDeque::new(), false);
        Self {
            limit,
            state: Mutex::new(State { jobs, closed }),
            changed: Condvar::new(),
        }
    }

    /// Takes a job in.
    ///
    /// # Errors
    ///
    /// The job itself, if the queue is full or closed.
    pub fn push(&self, job: J) -> Result<(), J> {
        let mut state = self.lock();
        if state.closed || state.jobs.len() >= self.limit {
            return Err(job);
        }
        state.jobs.push_back(job);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the oldest job out, as soon as there is one; `None` once the queue is closed and empty.
    #[must_use]
    pub fn pop(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            // The lock is given back while this sleeps. Then all has to be looked at again: another thread may
            // have been quicker, and a wake-up may come without cause.
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes nothing more in.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all(); // one would leave the others asleep for ever
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
