//! A timer that belongs to no connection: one more descriptor to watch (`timerfd_create(2)`).

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::sys::epoll::EpollFlags;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use reactor::{Io, WatchId};

/// A timer that a reactor watches. The reactor's own belong to connections, and there is none while
/// a client looks up a name, or waits before it tries again.
#[derive(Debug)]
pub struct Alarm {
    timer: TimerFd,
    watch: WatchId,
}

impl Alarm {
    /// An alarm that isn't set.
    ///
    /// # Errors
    /// As `timerfd_create(2)` and `epoll_ctl(2)`: no descriptor or no memory is left.
    pub fn new(io: &mut Io) -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        let watched = timer.as_fd().try_clone_to_owned()?;
        let watch = io.watch(watched, EpollFlags::EPOLLIN)?;
        Ok(Self { timer, watch })
    }

    /// Rings once, after `delay`; an earlier setting is forgotten.
    ///
    /// # Errors
    /// As `timerfd_settime(2)`.
    pub fn set(&self, delay: Duration) -> io::Result<()> {
        let delay = delay.max(Duration::from_nanos(1)); // 0 would mean never
        let once = Expiration::OneShot(TimeSpec::from_duration(delay));
        Ok(self.timer.set(once, TimerSetTimeFlags::empty())?)
    }

    /// Doesn't ring.
    ///
    /// # Errors
    /// As `timerfd_settime(2)`.
    pub fn clear(&self) -> io::Result<()> {
        Ok(self.timer.unset()?)
    }

    /// Whether `ready` is this alarm, and it has rung: to be asked in
    /// [`Handler::on_ready`](reactor::Handler::on_ready). It may have been set anew or cleared in
    /// the turn that was to report it; then it hasn't.
    #[must_use]
    pub fn has_rung(&self, ready: WatchId) -> bool {
        ready == self.watch && self.timer.wait().is_ok() // unread, it would be reported for ever
    }
}
