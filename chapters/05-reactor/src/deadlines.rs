//! What comes due without an event: timers, ticks, listeners that rested, and the end.

use std::io;
use std::os::fd::AsRawFd;

use nix::sys::epoll::EpollTimeout;
use tracing::trace;

use crate::{Handler, Reactor, Waker};

/// A call of `on_tick` that comes again and again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    pub period: u64,
    pub due: u64,
}

/// How far the reactor is on its way down. Times are nanoseconds on its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    No,
    /// Asked for in this turn.
    Requested,
    /// No more is accepted or received; at the deadline, what is left is cut.
    Until(u64),
}

impl<H: Handler> Reactor<H> {
    /// How long epoll may sleep.
    pub(crate) fn timeout(&mut self) -> EpollTimeout {
        if !self.io.unflushed.is_empty() || !self.io.resumed.is_empty() {
            return EpollTimeout::ZERO; // left over from the last turn
        }
        match self.next_deadline() {
            None => EpollTimeout::NONE,
            Some(due) => until(due, self.io.clock.now()),
        }
    }

    fn next_deadline(&self) -> Option<u64> {
        let stop = match self.io.stop {
            Stop::No => None,
            Stop::Requested => Some(0),
            Stop::Until(due) => Some(due),
        };
        let tick = self.io.tick.map(|tick| tick.due);
        let listeners = self.listeners.resting_until();
        earlier(
            earlier(self.io.timers.next(), tick),
            earlier(listeners, stop),
        )
    }

    pub(crate) fn run_deadlines(&mut self, handler: &mut H) -> io::Result<()> {
        if self.next_deadline().is_none() {
            return Ok(());
        }
        let now = self.io.clock.now();
        while let Some(slot) = self.io.timers.expired(now) {
            let Some((id, connection)) = self.io.connections.tenant(slot) else {
                continue;
            };
            let fd = connection.stream.as_raw_fd();
            trace!(fd, what = "connection", "timer");
            if self.io.is_open(id) {
                self.call(id, |io, session| handler.on_timer(io, id, session));
            } else {
                self.io.closing_deadline(id);
            }
        }
        if let Some(tick) = &mut self.io.tick
            && tick.due <= now
        {
            let missed = (now - tick.due) / tick.period;
            tick.due += (missed + 1) * tick.period;
            trace!(what = "tick", "timer");
            handler.on_tick(&mut self.io);
        }
        if self.listeners.resting_until().is_some_and(|due| due <= now) {
            self.listeners.wake(&self.io.epoll)?;
        }
        Ok(())
    }

    // ANCHOR: stop
    pub(crate) fn stop(&mut self, handler: &mut H) {
        match self.io.stop {
            Stop::Requested => {
                let due = self.io.clock.after(self.io.limits.stop);
                self.io.stop = Stop::Until(due);
                self.listeners.close();
                self.companions.iter().for_each(Waker::stop);
                for id in self.io.ids().collect::<Vec<_>>() {
                    self.io.queue_flush(id); // read interest goes
                    self.offer_stop(handler, id);
                }
            }
            Stop::Until(due) if due <= self.io.clock.now() => {
                let left = self.io.connections.iter().map(|(id, _)| id);
                for id in left.collect::<Vec<_>>() {
                    self.io.closing_is_late(id);
                }
            }
            Stop::No | Stop::Until(_) => {}
        }
    }
    // ANCHOR_END: stop
}

/// The earlier of two deadlines, as far as there are two. Each turn asks for this.
fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}

// ANCHOR: until
/// How long epoll may sleep at `now` so as to wake no earlier than `due`: whole milliseconds,
/// rounded up. Rounded down, the last part of each wait would be spent awake, asking again.
fn until(due: u64, now: u64) -> EpollTimeout {
    let millis = due.saturating_sub(now).div_ceil(1_000_000);
    EpollTimeout::try_from(millis).unwrap_or(EpollTimeout::MAX)
}
// ANCHOR_END: until

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_rounded_up_to_whole_milliseconds() {
        for (nanos, millis) in [(0, 0), (1, 1), (300_000, 1), (1_000_000, 1), (1_000_001, 2)] {
            assert_eq!(i32::from(until(5 + nanos, 5)), millis, "{nanos} ns");
        }
        assert_eq!(i32::from(until(5, 9)), 0, "a deadline that has passed");
    }
}
