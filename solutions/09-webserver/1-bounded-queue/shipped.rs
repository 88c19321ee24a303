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

/// A queue for at most so many jobs.
#[derive(Debug)]
pub struct Queue<J> {
    /// How many jobs it takes.
    limit: usize,
    // A lock, what it guards, and what tells of changes: yours.
    jobs: std::marker::PhantomData<J>,
}

impl<J> Queue<J> {
    /// An empty queue for at most `limit` jobs.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            jobs: std::marker::PhantomData,
        }
    }

    /// Takes a job in.
    ///
    /// # Errors
    ///
    /// The job itself, if the queue is full or closed.
    pub fn push(&self, job: J) -> Result<(), J> {
        let _ = self.limit;
        drop(job);
        todo!("room? then in with it, and wake one who sleeps")
    }

    /// Takes the oldest job out, as soon as there is one; `None` once the queue is closed and empty.
    #[must_use]
    pub fn pop(&self) -> Option<J> {
        todo!("a job? closed? else sleep, and look again")
    }

    /// Takes nothing more in.
    pub fn close(&self) {
        todo!("and wake all who sleep")
    }
}
