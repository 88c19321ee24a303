//! Waking a reactor from another thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use nix::sys::eventfd::{EfdFlags, EventFd};
use tracing::trace;

/// Wakes its reactor from another thread. Clones wake the same one.
#[derive(Debug, Clone)]
pub struct Waker(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    event: EventFd,
    /// What is asked for, beside the wake-up: nothing, [`STOP`] or [`CUT`].
    asked: AtomicU8,
}

const STOP: u8 = 1;
const CUT: u8 = 2;

/// What a wake-up asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    Stop,
    Cut,
}

impl Waker {
    /// A waker for a reactor that is made later, in another thread
    /// ([`Reactor::with_waker`](crate::Reactor::with_waker)).
    ///
    /// # Errors
    /// As `eventfd(2)`: no descriptor or no memory is left.
    pub fn new() -> io::Result<Self> {
        let event = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        Ok(Self(Arc::new(Shared {
            event,
            asked: AtomicU8::new(0),
        })))
    }

    /// Has [`on_wake`](crate::Handler::on_wake) called soon. What there is to do is told by other
    /// means, such as a channel that the handler receives from.
    pub fn wake(&self) {
        // EAGAIN says that the counter is full: a wake-up is on its way already (eventfd(2)).
        let _ = self.0.event.write(1);
    }

    /// Stops the reactor, as [`Io::stop`](crate::Io::stop) does.
    pub fn stop(&self) {
        self.ask_for(STOP);
    }

    /// Stops the reactor and cuts all connections at once.
    pub(crate) fn cut(&self) {
        self.ask_for(CUT);
    }

    fn ask_for(&self, what: u8) {
        self.0.asked.fetch_max(what, Ordering::Release);
        self.wake();
    }

    // ANCHOR: take
    /// Takes note of all wake-ups so far, and tells what they asked for.
    pub(crate) fn take(&self) -> Asked {
        // Without this read the descriptor would stay readable, and the loop would spin.
        let _ = self.0.event.read();
        trace!("wakeup");
        match self.0.asked.swap(0, Ordering::Acquire) {
            0 => Asked::Nothing,
            STOP => Asked::Stop,
            _ => Asked::Cut,
        }
    }
    // ANCHOR_END: take
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.event.as_fd()
    }
}
