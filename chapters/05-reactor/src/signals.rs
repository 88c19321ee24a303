//! Signals that stop a server as events, instead of interrupts.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use tracing::trace;

/// Signals that stop a server, readable through a descriptor (`signalfd(2)`).
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// SIGINT, SIGTERM, and SIGHUP, which the kernel sends when the terminal is closed; but none that is
    /// ignored when the server starts. `nohup` ignores SIGHUP for a server that is to outlive its
    /// terminal, and a shell SIGINT for what it starts in the background, as its user means another
    /// program with Ctrl-C.
    ///
    /// # Errors
    /// As [`Self::block_only`].
    pub fn block() -> io::Result<Self> {
        let ignored = ignored()?;
        let stop = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];
        let heard = stop.into_iter().filter(|signal| !is_in(ignored, *signal));
        Self::block_only(&heard.collect::<Vec<_>>())
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

/// The signals that this process ignores, a bit for each. Blocked, they would come through the
/// descriptor even so. To ask `sigaction(2)` would take unsafe code.
fn ignored() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?; // proc_pid_status(5)
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    Ok(mask.unwrap_or(0))
}

fn is_in(mask: u64, signal: Signal) -> bool {
    mask >> (signal as i32 - 1) & 1 == 1
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
