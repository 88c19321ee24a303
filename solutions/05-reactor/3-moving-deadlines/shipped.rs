//! # 05-3 Deadlines that move
//!
//! A server closes connections that have been idle for, say, a minute. So each connection has a deadline,
//! and each message pushes it back. With 100,000 connections and a million messages a second, that is a
//! million deadlines set per second, of which hardly any comes due.
//!
//! Document 002 notes the time of each message (`last_active`), but nobody ever reads it (bug B43 in the
//! book): silent connections stay for ever. To read it means to look at all connections, again and again.
//! A heap ([`BinaryHeap`]) tells the nearest deadline at once, but what is in the middle of a heap can't
//! be found or moved. And if each message pushes one more entry, a minute's worth of messages is in the
//! heap: 60 million entries.
//!
//! Write `Timers`, in which pushing a deadline back costs nothing: no entry, no search, no allocation. (A
//! deadline that comes *nearer* may cost an entry.)
//!
//! - `set` gives a slot its deadline, in place of any that it had. It may be later or nearer.
//! - `clear` takes it away. To set a later one after that is a pushing back, too.
//! - `expired` returns a slot whose deadline has come (`deadline <= now`), and takes the deadline away. In
//!   which order is up to you. None: nothing more is due at `now`.
//! - `next` tells when to look again: never later than the nearest deadline. It may be earlier (looking in
//!   vain costs little), but once `expired` has returned None for a `now`, it must be later than that
//!   `now`, or the loop would spin.
//! - `timeout` turns that into `epoll_wait`'s milliseconds. A deadline in 0.3 ms is the interesting
//!   one: a timeout of 0 returns at once, so the loop would ask again and again until the 0.3 ms are over.
//!
//! Times are passed in: a [`Duration`] since the program began. There is no clock in here, so a test can
//! let a year go by in no time. Slots are small numbers: indices of a table of connections.
//!
//! The tests set, clear and move deadlines by hand, compare 10,000 random steps with a simple model,
//! count what is in the heap (`entries`), and count how often a loop that uses `Timers` wakes up.
//!
//! Read: `epoll_wait(2)` under *timeout*. (Its sibling `epoll_pwait2` takes nanoseconds.)

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// A deadline per slot, for slots 0, 1, 2, …
#[derive(Debug, Default)]
pub struct Timers {
    /// Times and slots, the nearest on top. (`BinaryHeap` has the greatest on top, hence `Reverse`.)
    heap: BinaryHeap<Reverse<(Duration, usize)>>,
    // What else do you need to know about each slot?
}

impl Timers {
    /// Sets the deadline of `slot`, in place of any that it had.
    pub fn set(&mut self, slot: usize, deadline: Duration) {
        todo!("set the deadline of {slot} to {deadline:?}")
    }

    /// Takes the deadline of `slot` away, if it has one.
    pub fn clear(&mut self, slot: usize) {
        todo!("clear the deadline of {slot}")
    }

    /// A slot whose deadline is not after `now`; the deadline is taken away.
    pub fn expired(&mut self, now: Duration) -> Option<usize> {
        todo!("find a slot that is due at {now:?}")
    }

    /// When to look again. None if the heap is empty; after `clear` an early time is fine.
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
    match next {
        None => -1,
        Some(next) => todo!("how many milliseconds from {now:?} to {next:?}"),
    }
}
