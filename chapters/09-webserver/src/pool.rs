//! A pool of threads for work that blocks: whoever may block gets a thread and a queue, and the loop
//! is told.
//!
//! ```text
//!   the loop ── try_submit ──►  queue, bounded  ──┬──► worker 1 ─┐
//!      ▲            │          ┌──┬──┬──┬──┐      ├──► worker 2 ─┤ each with what it needs to
//!      │            └ Full ◄── │  │  │  │  │      └──► worker 3 ─┘ itself: a connection
//!      │                       └──┴──┴──┴──┘                │
//!      └─ wake, and then `results` ◄────────────────────────┘
//! ```
//!
//! What always holds: no more jobs are queued than the queue takes, and each job that was taken in
//! gives exactly one result, even if its worker panics. What finally happens: once the pool is
//! finished or dropped, all its threads end.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use self::sync::atomic::{AtomicBool, Ordering};
use self::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use self::sync::{Arc, Mutex, PoisonError, thread};

mod sync;

/// A pool of threads. A job comes with a tag `T`, which its result is known by.
#[derive(Debug)]
pub struct Pool<T, J, R> {
    /// `None` once nothing more is taken in.
    jobs: Option<SyncSender<(T, J)>>,
    results: Receiver<(T, Result<R, Lost>)>,
    /// Whether queued jobs are thrown away.
    cut: Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<()>>,
}

/// The queue is full, and the job comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full<J>(pub J);

/// A job has no result: its worker panicked, or couldn't be made again after a panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost;

/// The queue's end that workers take jobs from. The standard library's channel has one consumer, so
/// they take turns: one waits in `recv`, and the others for the lock.
type Queue<T, J> = Arc<Mutex<Receiver<(T, J)>>>;

impl<T, J, R> Pool<T, J, R>
where
    T: Send + 'static,
    J: Send + 'static,
    R: Send + 'static,
{
    /// Starts `workers` threads, at least one, before which up to `queue` jobs wait.
    ///
    /// `make` is called once for each, here, and gives the function that does its jobs; so each
    /// worker has what it needs to itself, such as a connection to a database. It is called again
    /// in the thread after a panic, which may have left that in any state. `wake` is called after
    /// each result.
    ///
    /// # Errors
    /// The first error of `make`, or if no thread can be started.
    pub fn new<W>(
        workers: usize,
        queue: usize,
        wake: impl Fn() + Clone + Send + 'static,
        make: impl Fn() -> io::Result<W> + Clone + Send + 'static,
    ) -> io::Result<Self>
    where
        W: FnMut(J) -> R + Send + 'static,
    {
        // A channel for none would hand over only to a worker that waits at this moment.
        let (jobs, queue) = sync_channel(queue.max(1));
        let queue = Arc::new(Mutex::new(queue));
        let (sender, results) = channel();
        let cut = Arc::new(AtomicBool::new(false));
        let mut pool = Self {
            jobs: Some(jobs),
            results,
            cut: Arc::clone(&cut),
            threads: Vec::new(),
        };
        for number in 0..workers.max(1) {
            let mut worker = Worker {
                work: Some(make()?),
                make: make.clone(),
            };
            let (queue, cut) = (Arc::clone(&queue), Arc::clone(&cut));
            let (sender, wake) = (sender.clone(), wake.clone());
            let run = move || serve(&mut worker, &queue, &cut, &sender, &wake);
            let thread = thread::Builder::new().name(format!("worker-{number}"));
            pool.threads.push(thread.spawn(run)?);
        }
        Ok(pool)
    }

    // ANCHOR: try_submit
    /// Queues a job.
    ///
    /// # Errors
    /// [`Full`]: as many wait as may. The loop never waits here.
    pub fn try_submit(&self, tag: T, job: J) -> Result<(), Full<J>> {
        let Some(jobs) = &self.jobs else {
            return Err(Full(job));
        };
        match jobs.try_send((tag, job)) {
            Ok(()) => Ok(()),
            // All workers gone: that doesn't happen, as none ends before its queue does.
            Err(TrySendError::Full((_, job)) | TrySendError::Disconnected((_, job))) => {
                Err(Full(job))
            }
        }
    }
    // ANCHOR_END: try_submit

    /// The results that there are now.
    pub fn results(&self) -> impl Iterator<Item = (T, Result<R, Lost>)> + '_ {
        std::iter::from_fn(|| self.results.try_recv().ok())
    }

    /// Takes in no more, and waits until all that is queued is done, but no longer than `within`: the
    /// results. What isn't begun by then is thrown away.
    #[must_use]
    pub fn finish(mut self, within: Duration) -> Vec<(T, Result<R, Lost>)> {
        self.jobs = None;
        let deadline = Instant::now() + within;
        let mut results = Vec::new();
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            match self.results.recv_timeout(rest) {
                Ok(result) => results.push(result),
                Err(_) => return results, // all workers have ended, or time is up
            }
        }
    }
}

// ANCHOR: drop
/// Throws away what is queued, and waits for the jobs that are being done.
impl<T, J, R> Drop for Pool<T, J, R> {
    fn drop(&mut self) {
        self.cut.store(true, Ordering::Relaxed);
        self.jobs = None; // wakes those that wait for a job: there will be none
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // a panic was caught in it
        }
    }
}
// ANCHOR_END: drop

/// What does the jobs of one thread; nothing, if it couldn't be made again after a panic.
struct Worker<W, M> {
    work: Option<W>,
    make: M,
}

impl<W, M: Fn() -> io::Result<W>> Worker<W, M> {
    // ANCHOR: work
    /// Does a job. Whatever it does, there is a result.
    fn work<J, R>(&mut self, job: J) -> Result<R, Lost>
    where
        W: FnMut(J) -> R,
    {
        if self.work.is_none() {
            self.work = (self.make)().ok();
        }
        let work = self.work.as_mut().ok_or(Lost)?;
        // What a panic leaves behind is dropped, so no broken state is seen.
        let result = catch_unwind(AssertUnwindSafe(|| work(job)));
        if result.is_err() {
            self.work = None;
        }
        result.map_err(|_| Lost)
    }
    // ANCHOR_END: work
}

// ANCHOR: serve
/// A worker's thread: takes jobs until there will be no more.
fn serve<T, J, R, W: FnMut(J) -> R>(
    worker: &mut Worker<W, impl Fn() -> io::Result<W>>,
    queue: &Queue<T, J>,
    cut: &AtomicBool,
    results: &Sender<(T, Result<R, Lost>)>,
    wake: &impl Fn(),
) {
    loop {
        // The lock is given back before the job is done: else one would work, and the others wait.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((tag, job)) = next else {
            return;
        };
        if cut.load(Ordering::Relaxed) {
            continue;
        }
        if results.send((tag, worker.work(job))).is_err() {
            return; // the pool is gone
        }
        wake(); // after the result is there: the other way round, the loop might find none
    }
}
// ANCHOR_END: serve

#[cfg(all(test, not(shuttle)))]
mod tests;
