//! Deadlines, and who waits for them.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tracing::trace;

use super::context;
use super::reactor::Reactor;

/// All timers of a reactor, the next one first.
#[derive(Default)]
pub(super) struct Timers {
    waiting: BTreeMap<Key, Waker>,
    /// Makes keys with the same deadline differ.
    number: u64,
}

type Key = (Instant, u64);

impl Timers {
    /// The next deadline.
    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Moves the wakers of all deadlines that have passed `now` to `woken`.
    pub(super) fn due(&mut self, now: Instant, woken: &mut Vec<Waker>) {
        while let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            trace!(what = "sleep", "timer");
            woken.push(first.remove());
        }
    }
}

/// Waits for a point in time. Dropping it takes the timer away.
#[must_use = "a future does nothing until it is awaited"]
pub struct Sleep {
    deadline: Instant,
    key: Option<Key>,
    reactor: Arc<Reactor>,
}

/// Waits for `duration`, or up to a millisecond longer.
///
/// # Panics
/// Outside of [`Runtime::block_on`](super::Runtime::block_on).
pub fn sleep(duration: Duration) -> Sleep {
    let now = Instant::now();
    let never = Duration::from_hours(24 * 365 * 30);
    Sleep {
        deadline: now.checked_add(duration).unwrap_or(now + never),
        key: None,
        reactor: context::reactor(),
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        let reactor = Arc::clone(&self.reactor);
        let mut timers = reactor.timers();
        let deadline = self.deadline;
        let key = *self.key.get_or_insert_with(|| {
            timers.number += 1;
            (deadline, timers.number)
        });
        // The waker of this poll: the last one may be another task's.
        timers.waiting.insert(key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.reactor.timers().waiting.remove(&key);
        }
    }
}
