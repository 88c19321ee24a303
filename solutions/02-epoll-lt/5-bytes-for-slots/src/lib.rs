//! Two lengths, and each has its place. How much the kernel may fill is the length of the slice that it
//! is given; how much it has filled is the number that it returns. All between the two is left over.
//!
//! What Rust takes away is the first of C's mistakes, writing beyond the array. What it makes of the
//! second, indexing beyond another one, is a panic: the server dies, where in C it would go on with a
//! broken stack. Neither makes the mistake right.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// How many descriptors [`Ready::wait`] names at the most.
pub const SLOTS: usize = 20;

/// Tells which descriptors are ready to be read.
pub struct Ready {
    epoll: Epoll,
    /// Filled by the kernel.
    events: Vec<EpollEvent>,
    /// The tokens of these events.
    tokens: [u64; SLOTS],
}

impl Ready {
    /// Watches nothing yet.
    ///
    /// # Errors
    ///
    /// As `epoll_create1(2)`.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            // Elements, not bytes: vec! multiplies by their size itself. And elements that are there: the
            // length counts, so a Vec::with_capacity of 20 would have no slot at all (EINVAL).
            events: vec![EpollEvent::empty(); SLOTS],
            tokens: [0; SLOTS],
        })
    }

    /// Watches `fd` until it is closed, and calls it `token`.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn watch(&self, fd: &impl AsFd, token: u64) -> io::Result<()> {
        self.epoll
            .add(fd, EpollEvent::new(EpollFlags::EPOLLIN, token))?;
        Ok(())
    }

    /// Sleeps until something is ready, or the time is up, and returns the tokens of what is ready.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`, except for EINTR: then it waits again.
    pub fn wait(&mut self, timeout: EpollTimeout) -> io::Result<&[u64]> {
        let count = loop {
            match self.epoll.wait(&mut self.events, timeout) {
                Ok(count) => break count,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        };
        // Never more than SLOTS: the kernel was given no more. It keeps what else is ready.
        for (at, event) in self.events[..count].iter().enumerate() {
            self.tokens[at] = event.data();
        }
        // Behind these lie the tokens of earlier turns.
        Ok(&self.tokens[..count])
    }
}
