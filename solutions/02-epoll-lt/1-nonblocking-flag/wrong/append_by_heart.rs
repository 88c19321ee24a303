//! Wrong: writes O_APPEND by heart instead of reading the flags.
//! Caught by: no_other_flag_changes
//! Says: Begin with the status flags as they are (F_GETFL)

use std::io;
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Lets reads and writes return at once with `WouldBlock` where they would sleep.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_nonblocking(fd: &impl AsFd) -> io::Result<()> {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK | OFlag::O_APPEND))?;
    Ok(())
}

/// Lets reads and writes sleep again until there is something for them.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_blocking(fd: &impl AsFd) -> io::Result<()> {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
    Ok(())
}
