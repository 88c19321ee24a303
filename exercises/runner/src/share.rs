//! Shares work out among threads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Result, bail};

/// Gives each of the `workers` a thread; whoever is free takes the next of `items`, in order.
///
/// # Errors
///
/// An error of `work`; no item is taken after it.
pub fn share<W: Send, T: Send>(
    workers: impl IntoIterator<Item = W>,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(&W, T) -> Result<()> + Sync,
) -> Result<()> {
    let items = Mutex::new(Some(items));
    let (items, work) = (&items, &work);
    let next = move || lock(items).as_mut()?.next();
    thread::scope(|scope| {
        let spawn = |worker| {
            scope.spawn(move || {
                while let Some(item) = next() {
                    work(&worker, item).inspect_err(|_| *lock(items) = None)?;
                }
                Ok(())
            })
        };
        let threads: Vec<_> = workers.into_iter().map(spawn).collect();
        let ends = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| bail!("a thread of verify panicked"))
        });
        ends.collect()
    })
}

/// Lets so many threads do something at once; the others wait for their turn.
pub struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Turns {
    pub fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Does `work` as soon as a turn is free.
    pub fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut free = lock(&self.free);
        while *free == 0 {
            free = self
                .freed
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        drop(free);
        let _end = End(self); // gives the turn back even if `work` panics
        work()
    }
}

struct End<'a>(&'a Turns);

impl Drop for End<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.freed.notify_one();
    }
}

/// What a thread that panicked has left is still whole: nothing here is changed in two steps.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use anyhow::ensure;

    use super::*;

    #[test]
    fn every_item_is_taken_once() {
        let taken = Mutex::new(Vec::new());
        let work = |_: &u32, item| {
            lock(&taken).push(item);
            Ok(())
        };
        share(0..3, 0..100, work).expect("no work failed");
        let mut taken = lock(&taken).clone();
        taken.sort_unstable();
        assert_eq!(taken, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_work_at_once_than_there_are_turns() {
        let turns = Turns::new(2);
        let at_work = Mutex::new((0, 0)); // now, and at most
        let work = |_: &u32, _| {
            turns.take(|| {
                let mut count = lock(&at_work);
                count.0 += 1;
                count.1 = count.1.max(count.0);
                drop(count);
                thread::yield_now();
                lock(&at_work).0 -= 1;
            });
            Ok(())
        };
        share(0..8, 0..1000, work).expect("no work failed");
        let (now, most) = *lock(&at_work);
        assert_eq!(now, 0);
        assert!(most <= 2, "{most} at once");
    }

    #[test]
    fn nothing_is_taken_after_an_error() {
        let taken = Mutex::new(Vec::new());
        let work = |_: &u32, item| {
            lock(&taken).push(item);
            ensure!(item != 2, "no");
            Ok(())
        };
        let outcome = share([0], 0..100, work);
        assert_eq!(outcome.map_err(|error| error.to_string()), Err("no".into()));
        assert_eq!(*lock(&taken), [0, 1, 2]);
    }
}
