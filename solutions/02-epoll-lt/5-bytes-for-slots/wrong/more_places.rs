//! Wrong: makes the second array as long as the first, and names more than SLOTS.
//! Caught by: thirty_are_ready_and_twenty_are_named
//! Says: It has to have SLOTS of them: slots, not bytes

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
    tokens: [u64; SLOTS * size_of::<EpollEvent>()],
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
            events: vec![EpollEvent::empty(); SLOTS * size_of::<EpollEvent>()],
            tokens: [0; SLOTS * size_of::<EpollEvent>()],
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
        for (at, event) in self.events[..count].iter().enumerate() {
            self.tokens[at] = event.data();
        }
        Ok(&self.tokens[..count])
    }
}
