//! Deadlines moved by hand, by chance, and by a loop that wakes up for them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use crate::subject::{Timers, timeout};
use harness::call;

const BOOK: &str = "05-reactor.html#read-the-code";

#[test]
fn nothing_set_means_nothing_to_wait_for() {
    let seen = call(|| {
        let timers = Timers::default();
        let next = timers.next();
        (next.is_none(), timeout(next, ms(7)))
    });
    agree(
        "no next time, and a timeout of -1",
        &(true, -1),
        &seen,
        "Without a deadline the loop sleeps until something comes.",
    );
}

#[test]
fn a_deadline_comes_due_once() {
    let seen = call(|| {
        let mut timers = Timers::default();
        timers.set(3, ms(20));
        timers.set(5, ms(10));
        [9, 10, 19, 20, 30].map(|time| due(&mut timers, ms(time)))
    });
    agree(
        "slot 5 set to 10 ms, slot 3 to 20 ms; due at 9, 10, 19, 20, 30 ms",
        &[vec![], vec![5], vec![], vec![3], vec![]],
        &seen,
        "A slot is due at its deadline, not before, and only once.",
    );
}

#[test]
fn a_deadline_pushed_back_comes_due_late() {
    let seen = call(|| {
        let mut timers = Timers::default();
        timers.set(0, ms(10));
        timers.set(0, ms(20));
        let early = due(&mut timers, ms(10));
        timers.set(0, ms(30));
        [early, due(&mut timers, ms(29)), due(&mut timers, ms(30))]
    });
    agree(
        "set to 10, pushed back to 20 and, at 10, to 30; due at 10, 29, 30 ms",
        &[vec![], vec![], vec![0]],
        &seen,
        "Only the latest deadline counts; an entry made for an earlier one is not a reason to fire.",
    );
}

#[test]
fn a_deadline_that_comes_nearer_comes_due_early() {
    let seen = call(|| {
        let mut timers = Timers::default();
        timers.set(0, ms(30));
        timers.set(0, ms(10));
        let first = [due(&mut timers, ms(9)), due(&mut timers, ms(10))];
        // The slot has a new deadline by the time its first entry, if it is still there, is due.
        timers.set(0, ms(50));
        let then = [due(&mut timers, ms(30)), due(&mut timers, ms(50))];
        [first, then].concat()
    });
    agree(
        "set to 30, then to 10; at 10 to 50; due at 9, 10, 30, 50 ms",
        &vec![vec![], vec![0], vec![], vec![0]],
        &seen,
        "A nearer deadline can't wait for a later entry. And that entry, once its time comes, means \
         nothing any more.",
    );
}

#[test]
fn a_cleared_deadline_never_comes_due() {
    let seen = call(|| {
        let mut timers = Timers::default();
        timers.clear(8); // it never had one
        timers.set(0, ms(10));
        timers.clear(0);
        let cleared = due(&mut timers, ms(10));
        timers.set(0, ms(20));
        timers.clear(0);
        timers.set(0, ms(30));
        [cleared, due(&mut timers, ms(20)), due(&mut timers, ms(30))]
    });
    agree(
        "10 cleared, 20 cleared, 30 kept; due at 10, 20, 30 ms",
        &[vec![], vec![], vec![0]],
        &seen,
        "The connection has gone, or has nothing to wait for: nobody is to be told.",
    );
}

#[test]
fn pushing_back_costs_no_entry() {
    const SLOTS: usize = 100;
    let most = call(|| {
        let mut timers = Timers::default();
        let mut most = 0;
        for time in 0..200 {
            assert!(due(&mut timers, ms(time)).is_empty(), "nobody is idle");
            for slot in 0..SLOTS {
                timers.set(slot, ms(time + 100));
            }
            most = most.max(timers.entries());
        }
        most
    });
    if most > SLOTS {
        fail(
            "200 messages from each of 100 connections, a millisecond apart; each pushes its \
             connection's deadline 100 ms ahead",
            &format!("at most {SLOTS} entries at any time"),
            &format!("{most} entries"),
            "An entry per message fills the heap with times that no longer count. One per connection \
             is enough.",
        );
    }
}

#[test]
fn moving_to_and_fro_costs_few_entries() {
    let most = call(|| {
        let mut timers = Timers::default();
        let mut most = 0;
        for time in (0..10_000).step_by(10) {
            assert!(due(&mut timers, ms(time)).is_empty(), "never idle");
            timers.set(0, ms(time + 100));
            timers.set(0, ms(time + 15));
            timers.set(0, ms(time + 100));
            most = most.max(timers.entries());
        }
        most
    });
    if most > 50 {
        fail(
            "1,000 times, 10 ms apart, one slot set 100 ms ahead, 15 ms ahead, 100 ms ahead",
            "a few entries at any time: 10 or 20",
            &format!("{most} entries"),
            "A nearer deadline makes the slot's old entry stale. Once that comes due, it is to be thrown \
             away: if it is put back into the heap like the entry that counts, it lives for ever.",
        );
    }
}

#[test]
fn to_clear_and_set_again_costs_no_entry() {
    let entries = call(|| {
        let mut timers = Timers::default();
        for step in 0..10_000 {
            timers.set(0, ms(60_000 + step));
            timers.clear(0);
        }
        timers.entries()
    });
    if entries > 1 {
        fail(
            "a deadline set and cleared, 10,000 times, later each time",
            "1 entry in the heap",
            &format!("{entries}"),
            "The entry that `clear` leaves behind comes due earlier than the next deadline, and will find it: that \
             one needs no entry of its own.",
        );
    }
}

#[test]
fn ten_thousand_steps_agree_with_a_simple_model() {
    let difference = call(|| {
        let (mut both, mut dice) = (Both::default(), Dice(1));
        let mut now = Duration::ZERO;
        (0..10_000).find_map(|step| {
            let slot = usize::try_from(dice.roll(8)).unwrap_or_default();
            let difference = match dice.roll(4) {
                0 | 1 => both.set(slot, now + ms(dice.roll(20))),
                2 => both.clear(slot),
                _ => {
                    now += ms(dice.roll(5));
                    both.expire(now)
                }
            };
            difference.map(|(expected, received)| (format!("step {step}, {expected}"), received))
        })
    });
    if let Some((expected, received)) = difference {
        fail(
            "10,000 random steps, also done by a map of slots and deadlines",
            &expected,
            &received,
            "The heap and what is remembered about the slots have come apart.",
        );
    }
}

#[test]
fn a_timeout_is_rounded_up() {
    let seen = call(|| {
        let now = ms(100);
        let left = [0, 1, 999, 300_000, 1_000_000, 1_000_001, 2_000_000].map(Duration::from_nanos);
        left.map(|left| timeout(Some(now + left), now))
    });
    agree(
        "0, 1, 999, 300,000, 1,000,000, 1,000,001, 2,000,000 ns before the deadline",
        &[0, 1, 1, 1, 1, 2, 2],
        &seen,
        "Rounded down, the last part of a millisecond becomes 0: epoll_wait returns at once, the deadline \
         has not come, and the loop asks again.",
    );
}

#[test]
fn a_time_long_past_or_far_ahead_is_no_trouble() {
    let seen = call(|| {
        [
            timeout(Some(ms(100)), ms(5000)),
            timeout(Some(Duration::from_hours(24 * 365)), ms(0)),
            timeout(Some(Duration::MAX), ms(0)),
        ]
    });
    agree(
        "4.9 s after the deadline; a year, and an eternity before it",
        &[0, i32::MAX, i32::MAX],
        &seen,
        "A loop may be late, and an i32 holds 24 days of milliseconds: neither may panic or wrap around.",
    );
}

#[test]
fn a_loop_sleeps_until_the_deadline_and_does_not_spin() {
    let seen = call(|| {
        let mut timers = Timers::default();
        let deadline = Duration::from_micros(10_300);
        timers.set(0, deadline);
        let (mut now, mut waits) = (Duration::ZERO, 0);
        while due(&mut timers, now).is_empty() {
            // A call of epoll_wait that doesn't sleep takes a microsecond.
            now += match timeout(timers.next(), now) {
                0 => Duration::from_micros(1),
                sleep => ms(u64::from(sleep.unsigned_abs())),
            };
            waits += 1;
        }
        (waits, now >= deadline && now < deadline + ms(1))
    });
    agree(
        "a loop with one deadline in 10.3 ms: its waits, and whether it was in time",
        &(1, true),
        &seen,
        "One deadline should wake the loop once. Where it wakes up hundreds of times, a timeout was 0 while \
         the deadline was still ahead.",
    );
}

/// The answer, and a model of it: too slow for a server, too simple to be wrong.
#[derive(Default)]
struct Both {
    timers: Timers,
    model: BTreeMap<usize, Duration>,
}

/// What was expected, and what was received instead.
type Difference = Option<(String, String)>;

impl Both {
    fn set(&mut self, slot: usize, deadline: Duration) -> Difference {
        self.timers.set(slot, deadline);
        self.model.insert(slot, deadline);
        self.compare_next(&format!("set({slot}, {deadline:?})"))
    }

    fn clear(&mut self, slot: usize) -> Difference {
        self.timers.clear(slot);
        self.model.remove(&slot);
        self.compare_next(&format!("clear({slot})"))
    }

    fn expire(&mut self, now: Duration) -> Difference {
        let is_due = |_: &usize, deadline: &mut Duration| *deadline <= now;
        let expected: Vec<usize> = self
            .model
            .extract_if(.., is_due)
            .map(|(slot, _)| slot)
            .collect();
        let seen = due(&mut self.timers, now);
        let next = self.timers.next();
        if seen != expected {
            return Some((format!("due at {now:?}: {expected:?}"), format!("{seen:?}")));
        }
        if next.is_some_and(|next| next <= now) {
            let expected = format!("nothing more is due at {now:?}: next later than that");
            return Some((expected, format!("{next:?}")));
        }
        self.compare_next(&format!("expired({now:?})"))
    }

    /// `next` may be early, but not late.
    fn compare_next(&self, done: &str) -> Difference {
        let (nearest, next) = (*self.model.values().min()?, self.timers.next());
        let is_late = next.is_none_or(|next| next > nearest);
        is_late.then(|| {
            let expected = format!("after {done}: next not later than {nearest:?}");
            (expected, format!("{next:?}"))
        })
    }
}

/// All that are due at `now`, in order of their slots.
fn due(timers: &mut Timers, now: Duration) -> Vec<usize> {
    let mut slots = Vec::new();
    while let Some(slot) = timers.expired(now) {
        slots.push(slot);
    }
    slots.sort_unstable();
    slots
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Numbers as good as random, the same in each run (xorshift64).
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[track_caller]
fn agree<T: PartialEq + Debug>(done: &str, expected: &T, received: &T, means: &str) {
    if received != expected {
        fail(
            done,
            &format!("{expected:?}"),
            &format!("{received:?}"),
            means,
        );
    }
}

#[track_caller]
fn fail(done: &str, expected: &str, received: &str, means: &str) -> ! {
    let rows = [
        ("done", done),
        ("expected", expected),
        ("received", received),
        ("it means", means),
        ("read", &format!("book: {BOOK}")),
    ];
    let verdict: String = rows
        .into_iter()
        .map(|(label, text)| row(label, text))
        .collect();
    panic!("{verdict}")
}

/// A label and what it says, wrapped.
fn row(label: &str, text: &str) -> String {
    let mut row = format!("{label:9}");
    let mut column = 9;
    for word in text.split(' ') {
        if column + 1 + word.len() > 72 {
            row.push_str("\n         ");
            column = 9;
        }
        row.push(' ');
        row.push_str(word);
        column += 1 + word.len();
    }
    row.push('\n');
    row
}
