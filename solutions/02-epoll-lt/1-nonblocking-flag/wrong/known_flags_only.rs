//! Wrong: expects to know all the flags that the kernel reports.
//! Caught by: a_log_still_appends_once_it_is_nonblocking
//! Says: flags that are known

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
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
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
    Ok(OFlag::from_bits(fcntl(fd, FcntlArg::F_GETFL)?).expect("flags that are known"))
}
