//! Waking a reactor from another thread.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::eventfd::{EfdFlags, EventFd};
use tracing::trace;

/// Wakes its reactor from another thread. Clones wake the same one.
#[derive(Debug, Clone)]
pub struct Waker(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    event: EventFd,
    stop: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> nix::Result<Self> {
        let event = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        Ok(Self(Arc::new(Shared {
            event,
            stop: AtomicBool::new(false),
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
        self.0.stop.store(true, Ordering::Release);
        self.wake();
    }

    // ANCHOR: take
    /// Takes note of all wake-ups so far, and tells whether one of them was a [`Self::stop`].
    pub(crate) fn take(&self) -> bool {
        // Without this read the descriptor would stay readable, and the loop would spin.
        let _ = self.0.event.read();
        trace!("wakeup");
        self.0.stop.swap(false, Ordering::Acquire)
    }
    // ANCHOR_END: take
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.event.as_fd()
    }
}
