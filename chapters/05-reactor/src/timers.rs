//! One deadline per connection, for a million connections.
//!
//! A server pushes deadlines back all the time: every message renews its connection's idle limit.
//! So that is made to cost nothing. The heap holds, per slot, one entry at the deadline *as it was
//! when the entry was made*; a later deadline is only noted. Once the entry comes due, it finds the
//! note and goes back into the heap at the new time.
//!
//! ```text
//!   set(slot, 5)         heap: 5        deadline 5
//!   set(slot, 9)         heap: 5        deadline 9     ← nothing but a store
//!   time 5               heap: 9        deadline 9     ← re-armed, nobody is called
//!   time 9               heap: –        fires
//!   set(slot, 3)         heap: 3 5      deadline 3     ← an earlier one needs an entry of its own
//! ```
//!
//! Times are nanoseconds since the reactor began ([`crate::clock`]).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No deadline.
const NEVER: u64 = u64::MAX;

/// Stale entries that are put up with before the heap is swept.
const SLACK: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Timer {
    deadline: u64,
    /// When this slot's live heap entry comes due. Entries at other times are stale.
    queued: u64,
}

/// The deadlines of all slots.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    /// Grows only as far as timers are used.
    timers: Vec<Timer>,
}

impl Timers {
    /// Sets the deadline of `slot`, replacing an earlier or later one.
    ///
    /// O(1) when it is pushed back, O(log n) when it comes nearer.
    // ANCHOR: set
    pub fn set(&mut self, slot: u32, deadline: u64) {
        let index = slot as usize;
        if self.timers.len() <= index {
            let none = Timer {
                deadline: NEVER,
                queued: NEVER,
            };
            self.timers.resize(index + 1, none);
        }
        let timer = &mut self.timers[index];
        timer.deadline = deadline;
        if deadline < timer.queued {
            timer.queued = deadline;
            self.heap.push(Reverse((deadline, slot)));
            self.sweep();
        }
    }
    // ANCHOR_END: set

    /// Removes the deadline of `slot`, if it has one. Its heap entry serves the slot's next one.
    pub fn clear(&mut self, slot: u32) {
        if let Some(timer) = self.timers.get_mut(slot as usize) {
            timer.deadline = NEVER;
        }
    }

    /// Whether `slot` has a deadline.
    pub fn is_set(&self, slot: u32) -> bool {
        let timer = self.timers.get(slot as usize);
        timer.is_some_and(|timer| timer.deadline != NEVER)
    }

    /// When to look again: no deadline is nearer than this.
    pub fn next(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((due, _))| *due)
    }

    /// A slot whose deadline is not after `now`; the deadline is removed.
    pub fn expired(&mut self, now: u64) -> Option<u32> {
        while let Some(&Reverse((due, slot))) = self.heap.peek()
            && due <= now
        {
            self.heap.pop();
            let timer = &mut self.timers[slot as usize];
            if timer.queued != due {
                continue; // stale: an earlier entry has taken its place
            }
            timer.queued = NEVER;
            if timer.deadline <= now {
                timer.deadline = NEVER;
                return Some(slot);
            }
            if timer.deadline != NEVER {
                timer.queued = timer.deadline;
                self.heap.push(Reverse((timer.deadline, slot)));
            }
        }
        None
    }

    /// Throws stale entries out once they outnumber the slots, so that deadlines which keep coming
    /// nearer can't grow the heap. It halves what it walks: O(1) per entry made.
    fn sweep(&mut self) {
        if self.heap.len() > 2 * self.timers.len() + SLACK {
            let timers = &self.timers;
            self.heap
                .retain(|Reverse((due, slot))| timers[*slot as usize].queued == *due);
        }
    }
}

#[cfg(test)]
mod tests;
