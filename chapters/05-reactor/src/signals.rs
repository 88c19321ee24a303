//! Signals that stop a server as events, instead of interrupts.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use tracing::trace;

/// Signals that stop a server, readable through a descriptor (`signalfd(2)`).
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// SIGINT and SIGTERM, and SIGHUP, which the kernel sends when the terminal is closed; but not
    /// that one if it is ignored, as `nohup` has it: then the server is to outlive its terminal.
    ///
    /// # Errors
    /// As [`Self::block_only`].
    pub fn block() -> io::Result<Self> {
        let mut signals = vec![Signal::SIGINT, Signal::SIGTERM];
        if !is_ignored(Signal::SIGHUP)? {
            signals.push(Signal::SIGHUP);
        }
        Self::block_only(&signals)
    }

    /// These signals only, for a server that does something else with the others.
    ///
    /// They are blocked for this thread, and so for every thread that it starts from now on. Call it
    /// before the first thread starts: a thread that doesn't block them would be interrupted, which
    /// by default ends the process.
    ///
    /// # Errors
    /// As `signalfd(2)`: no descriptor or no memory is left.
    pub fn block_only(signals: &[Signal]) -> io::Result<Self> {
        let mask: SigSet = signals.iter().copied().collect();
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

/// Whether this process ignores `signal`. Blocked, it would come through the descriptor even so.
fn is_ignored(signal: Signal) -> io::Result<bool> {
    let status = std::fs::read_to_string("/proc/self/status")?; // proc_pid_status(5)
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    Ok(mask.is_some_and(|mask| mask >> (signal as i32 - 1) & 1 == 1))
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
