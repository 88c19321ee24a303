//! Wrong: writes O_NONBLOCK to where it has read from: into the descriptor flags.
//! Caught by: a_nonblocking_read_answers_at_once
//! Says: nothing within 3 s
//! Says: sleeps in recvfrom

use std::io;
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};

/// Lets reads and writes return at once with `WouldBlock` where they would sleep.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_nonblocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD)? | OFlag::O_NONBLOCK.bits());
    fcntl(fd, FcntlArg::F_SETFD(flags))?;
    Ok(())
}

/// Lets reads and writes sleep again until there is something for them.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_blocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = status_flags(fd)?;
    fcntl(fd, FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK))?;
    Ok(())
}

fn status_flags(fd: &impl AsFd) -> io::Result<OFlag> {
    Ok(OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?))
}
