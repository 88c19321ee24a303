//! The reactor: turns epoll's events and the clock into wake-ups.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::{Mutex, MutexGuard};
use std::task::Waker;
use std::time::Instant;

use level::names;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::EventFd;
use slab::Slab;
use tracing::trace;

use super::lock;
use super::source::Source;
use super::timers::Timers;

/// How many events one `epoll_wait` may report; the others follow at the next.
const EVENTS_PER_WAIT: usize = 256;

/// What epoll hands back for the run queue's alarm. Keys of sources count up from 0.
const ALARM: u64 = u64::MAX;

/// Waits for descriptors and timers, for all tasks of one runtime.
pub(super) struct Reactor {
    epoll: Epoll,
    sources: Mutex<Slab<Source>>,
    timers: Mutex<Timers>,
}

/// Room for what one turn reports, used again in the next.
pub(super) struct Turn {
    events: [EpollEvent; EVENTS_PER_WAIT],
    /// How many of them the last wait has filled.
    ready: usize,
    woken: Vec<Waker>,
}

impl Reactor {
    /// A reactor that wakes up whenever `alarm` is written to.
    pub(super) fn new(alarm: &EventFd) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        // Each write is an edge of its own, so nothing ever has to read it.
        let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        epoll.add(alarm, EpollEvent::new(interest, ALARM))?;
        Ok(Self {
            epoll,
            sources: Mutex::default(),
            timers: Mutex::default(),
        })
    }

    /// Watches `io` for both directions, edge-triggered, until [`Self::remove`].
    pub(super) fn add(&self, io: &(impl AsFd + AsRawFd)) -> io::Result<usize> {
        let mut sources = lock(&self.sources);
        let entry = sources.vacant_entry();
        let key = entry.key();
        let fd = io.as_raw_fd();
        let interest = EpollFlags::EPOLLIN
            | EpollFlags::EPOLLOUT
            | EpollFlags::EPOLLRDHUP
            | EpollFlags::EPOLLET;
        trace!(fd, interest = "IN|OUT|RDHUP|ET", "register");
        self.epoll.add(io, EpollEvent::new(interest, key as u64))?;
        entry.insert(Source::new(fd));
        Ok(key)
    }

    /// Forgets `key`, which [`Self::add`] gave for `io`.
    pub(super) fn remove(&self, key: usize, io: &impl AsFd) {
        // It fails only for what epoll has forgotten already.
        let _ = self.epoll.delete(io);
        lock(&self.sources).try_remove(key);
    }

    pub(super) fn sources(&self) -> MutexGuard<'_, Slab<Source>> {
        lock(&self.sources)
    }

    pub(super) fn timers(&self) -> MutexGuard<'_, Timers> {
        lock(&self.timers)
    }

    /// Waits, if it may sleep, for the first event or timer.
    pub(super) fn wait(&self, turn: &mut Turn, may_sleep: bool) -> io::Result<()> {
        let next = self.timers().next();
        let timeout_ms = if may_sleep { next.map(until) } else { Some(0) };
        trace!(call = "epoll_wait", timeout_ms, "wait");
        let timeout = EpollTimeout::from(timeout_ms);
        turn.ready = match self.epoll.wait(&mut turn.events, timeout) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        trace!(call = "epoll_wait", ready = turn.ready, "wake");
        Ok(())
    }

    /// Wakes all that wait for what [`Self::wait`] has found, or for a time that has come.
    pub(super) fn wake(&self, turn: &mut Turn) {
        let mut sources = lock(&self.sources);
        for event in &turn.events[..turn.ready] {
            let (key, flags) = (event.data(), event.events());
            if key == ALARM {
                trace!("wakeup");
            } else if let Ok(key) = usize::try_from(key)
                && let Some(source) = sources.get_mut(key)
            {
                trace!(fd = source.fd, ready = names(flags), "ready");
                turn.woken.extend(source.edge(flags));
            }
        }
        drop(sources);
        self.timers().due(Instant::now(), &mut turn.woken);
        // Without a lock: what is woken may drop its task, and that its sockets.
        turn.woken.drain(..).for_each(Waker::wake);
    }
}

/// Whole milliseconds, rounded up: a wait that ended too early would find nothing due. After the
/// longest one, 65 seconds, it wakes up for nothing.
fn until(deadline: Instant) -> u16 {
    let left = deadline.saturating_duration_since(Instant::now());
    u16::try_from(left.as_micros().div_ceil(1000)).unwrap_or(u16::MAX)
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            events: [EpollEvent::empty(); EVENTS_PER_WAIT],
            ready: 0,
            woken: Vec::new(),
        }
    }
}
