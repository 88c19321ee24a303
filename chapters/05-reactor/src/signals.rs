//! SIGINT and SIGTERM as events, instead of interrupts.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use tracing::trace;

/// SIGINT and SIGTERM, readable through a descriptor (`signalfd(2)`).
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Blocks both signals for this thread, and so for every thread that it starts from now on.
    ///
    /// Call it before the first thread starts: a thread that doesn't block them would be
    /// interrupted, which by default ends the process.
    ///
    /// # Errors
    /// As `signalfd(2)`: no descriptor or no memory is left.
    pub fn block() -> io::Result<Self> {
        let mask = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        mask.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Ok(Self(SignalFd::with_flags(&mask, flags)?))
    }

    /// Takes one signal that has arrived.
    pub(crate) fn take(&self) -> Option<Signal> {
        // Unread, a signal keeps the descriptor readable, and the loop would spin.
        let info = self.0.read_signal().ok().flatten()?;
        let signal = i32::try_from(info.ssi_signo).ok()?;
        let signal = Signal::try_from(signal).ok()?;
        trace!(name = signal.as_str(), "signal");
        Some(signal)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
