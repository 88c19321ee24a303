//! Read, change one bit, write back. The three steps are not one, so a second thread that does the same
//! to the same open file could undo them; set such flags before a descriptor is shared. Better still,
//! ask for the flag when the descriptor is made (`SOCK_NONBLOCK` of socket(2) and accept4(2),
//! `O_NONBLOCK` of open(2)): that takes no further call at all.

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
    // Retained, for the kernel knows flags that OFlag doesn't: on 64-bit machines it reports O_LARGEFILE
    // for each file, and glibc's O_LARGEFILE is 0 there.
    Ok(OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?))
}
