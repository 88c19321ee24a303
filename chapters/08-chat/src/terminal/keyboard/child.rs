//! The second process: it reads the keyboard, and writes what it reads to a pipe.

use std::io::{self, PipeReader};

use anyhow::{Context, bail};
use nix::sys::epoll::EpollFlags;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use reactor::{Io, WatchId};
use rustix::process::{PidfdFlags, pidfd_open};

use super::super::modes::Modes;
use super::super::signals;
use super::fork::fork;
use super::relay::relay;

/// A child process that reads standard input.
pub struct Child {
    /// None once it has been waited for: the number may be another process's then.
    pid: Option<Pid>,
    /// Its end, once the end of its pipe has been seen.
    end: Option<WatchId>,
}

impl Child {
    /// Starts it. The other end of its pipe is returned, too.
    ///
    /// If this process dies without tidying up, the child puts `modes` back.
    ///
    /// # Errors
    /// As [`fork()`] and `pipe(2)`.
    // ANCHOR: child
    pub fn start(modes: Option<&Modes>) -> io::Result<(Self, PipeReader)> {
        let (pid, (pipe, writer)) = fork(io::pipe()?, |(reader, writer)| {
            drop(reader); // while the child holds one, the pipe never breaks
            signals::obey_stop();
            let end = relay(io::stdin(), writer);
            if let Some(modes) = modes {
                modes.restore(); // for a parent that couldn't
            }
            end.map_or_else(|errno| errno as i32, |()| 0)
        })?;
        drop(writer); // while the parent holds one, the pipe never ends
        // Whoever reads in the background is stopped, and its whole group with it (SIGTTIN). It is
        // the child that reads; its parent may have a signal to obey.
        SigSet::from(Signal::SIGTTIN).thread_block()?;
        let child = Self {
            pid: Some(pid),
            end: None,
        };
        Ok((child, pipe))
    }
    // ANCHOR_END: child

    /// Watches for its end. A pipe that ends says that its writer has gone, not why; the process
    /// itself has a descriptor that is readable once it has ended (`pidfd_open(2)`).
    ///
    /// # Errors
    /// As `pidfd_open(2)` and `epoll_ctl(2)`.
    // ANCHOR: pidfd
    pub fn watch_end(&mut self, io: &mut Io) -> io::Result<()> {
        let pid = self
            .pid
            .and_then(|pid| rustix::process::Pid::from_raw(pid.as_raw()));
        if let Some(pid) = pid {
            let process = pidfd_open(pid, PidfdFlags::empty())?;
            self.end = Some(io.watch(process, EpollFlags::EPOLLIN)?);
        }
        Ok(())
    }
    // ANCHOR_END: pidfd

    /// Whether `ready` is its end.
    ///
    /// # Errors
    /// If it couldn't read, or was killed.
    pub fn has_ended(&mut self, io: &mut Io, ready: WatchId) -> anyhow::Result<bool> {
        let (Some(end), Some(pid)) = (self.end, self.pid) else {
            return Ok(false);
        };
        if end != ready {
            return Ok(false);
        }
        let status = waitpid(pid, Some(WaitPidFlag::WNOHANG))?;
        if status == WaitStatus::StillAlive {
            return Ok(false);
        }
        io.unwatch(end);
        self.pid = None;
        match status {
            WaitStatus::Exited(_, 0) => Ok(true),
            WaitStatus::Exited(_, errno) => {
                Err(io::Error::from_raw_os_error(errno)).context("can't read standard input")
            }
            WaitStatus::Signaled(_, signal, _) => {
                bail!("the process that reads the keyboard was killed ({signal})")
            }
            status => bail!("the process that reads the keyboard has ended: {status:?}"),
        }
    }
}

/// Leaves no process behind, not even one that is stopped.
impl Drop for Child {
    fn drop(&mut self) {
        if let Some(child) = self.pid.take() {
            let _ = kill(child, Signal::SIGKILL); // not waited for: the number is still its own
            while waitpid(child, None) == Err(nix::errno::Errno::EINTR) {}
        }
    }
}
