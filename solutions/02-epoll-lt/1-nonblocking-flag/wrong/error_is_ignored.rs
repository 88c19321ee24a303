//! Wrong: ignores what the kernel says.
//! Caught by: an_error_is_passed_on
//! Says: goes on with a descriptor that blocks

use std::io;
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Lets reads and writes return at once with `WouldBlock` where they would sleep.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_nonblocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = status_flags(fd)?;
    let _ = fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK));
    Ok(())
}

/// Lets reads and writes sleep again until there is something for them.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_blocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = status_flags(fd)?;
    let _ = fcntl(fd, FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK));
    Ok(())
}

fn status_flags(fd: &impl AsFd) -> io::Result<OFlag> {
    Ok(OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?))
}
