//! # 02-1 One flag among others
//!
//! Whether a `read` sleeps is decided by one flag, `O_NONBLOCK`. It is one of several *status flags*,
//! which are kept together in one number: `O_APPEND` is another (each write goes to the end of the
//! file), and `O_NOATIME`, `O_DIRECT` and `O_ASYNC` are more. `fcntl(2)` reads that number and writes
//! it:
//!
//! | command | does |
//! | --- | --- |
//! | `F_GETFL` | returns the status flags |
//! | `F_SETFL` | replaces the status flags, all at once |
//! | `F_GETFD` | returns the descriptor flags: `FD_CLOEXEC` (close it on exec) |
//! | `F_SETFD` | replaces the descriptor flags |
//!
//! The two functions below switch `O_NONBLOCK` on and off. Sockets work well with them; a socket rarely
//! has another flag to lose. A log that several programs append to is another matter: lines of it get
//! lost. Find out why, and mend both functions:
//!
//! - [`set_nonblocking`] switches `O_NONBLOCK` on, [`set_blocking`] switches it off.
//! - No other flag changes, neither a status flag nor a descriptor flag.
//! - Calling one of them twice is the same as calling it once.
//! - An error of the kernel is returned.
//!
//! Both faults come from the documents: one from 004 (bug B90 in the book), the other from 002 (bug B31).
//!
//! Status flags belong to the open file, not to the descriptor: whoever shares it with you (a
//! duplicate, a parent, a child process) shares the flag. So a program that makes its standard input
//! nonblocking makes it so for the shell, too.
//!
//! For sockets, the standard library has `set_nonblocking`, for files it has nothing. Read: fcntl(2)
//! under "File descriptor flags" and "File status flags", open(2).

use std::io;
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Lets reads and writes return at once with `WouldBlock` where they would sleep.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_nonblocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Lets reads and writes sleep again until there is something for them.
///
/// # Errors
///
/// As `fcntl(2)`.
pub fn set_blocking(fd: &impl AsFd) -> io::Result<()> {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::empty()))?;
    Ok(())
}
