//! Wrong: stops looking at the entry of a cleared deadline, and leaves it on top for ever.
//! Caught by: ten_thousand_steps_agree_with_a_simple_model
//! Says: have come apart

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// A deadline per slot, for slots 0, 1, 2, …
#[derive(Debug, Default)]
pub struct Timers {
    /// Times and slots, the nearest on top. (`BinaryHeap` has the greatest on top, hence `Reverse`.)
    heap: BinaryHeap<Reverse<(Duration, usize)>>,
    timers: Vec<Timer>,
}

/// What is known about one slot.
#[derive(Clone, Debug, Default)]
struct Timer {
    deadline: Option<Duration>,
    /// The time of this slot's entry in the heap. Entries at other times are stale.
    queued: Option<Duration>,
}

impl Timers {
    /// Sets the deadline of `slot`, in place of any that it had.
    pub fn set(&mut self, slot: usize, deadline: Duration) {
        if self.timers.len() <= slot {
            self.timers.resize(slot + 1, Timer::default());
        }
        let timer = &mut self.timers[slot];
        timer.deadline = Some(deadline);
        // An entry that comes due earlier will find the new deadline.
        if timer.queued.is_none_or(|queued| deadline < queued) {
            timer.queued = Some(deadline);
            self.heap.push(Reverse((deadline, slot)));
        }
    }

    /// Takes the deadline of `slot` away, if it has one.
    pub fn clear(&mut self, slot: usize) {
        if let Some(timer) = self.timers.get_mut(slot) {
            timer.deadline = None; // its entry stays, and serves the slot's next deadline
        }
    }

    /// A slot whose deadline is not after `now`; the deadline is taken away.
    pub fn expired(&mut self, now: Duration) -> Option<usize> {
        let Reverse((time, slot)) = *self.heap.peek()?;
        if time > now {
            return None;
        }
        let timer = &mut self.timers[slot];
        let deadline = timer.deadline?;
        self.heap.pop();
        if timer.queued != Some(time) {
            return self.expired(now);
        }
        timer.queued = None;
        if deadline > now {
            self.set(slot, deadline);
            return self.expired(now);
        }
        timer.deadline = None;
        Some(slot)
    }

    /// When to look again; None if there is nothing to wait for.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse((time, _))| *time)
    }

    /// How many entries the heap holds.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.heap.len()
    }
}

/// How long `epoll_wait` may sleep, in milliseconds, so that it returns at `next` or a little later, but
/// not before. For ever (no `next`) is -1; what is too long for an `i32` is `i32::MAX`.
#[must_use]
pub fn timeout(next: Option<Duration>, now: Duration) -> i32 {
    let Some(next) = next else { return -1 };
    let left = next.saturating_sub(now);
    // A millisecond late is nothing; 0 for what is left of the last one would be a busy loop.
    i32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}
