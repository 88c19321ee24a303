//! # 02-5 Bytes for slots
//!
//! `epoll_wait(2)` writes what is ready into an array that you give it, an event in each *slot*, and
//! returns how many slots it has filled. If more is ready than there are slots, the rest follows at the
//! next call.
//!
//! In C, the length of the array is a number of its own, and document 001 gets it wrong (bug B13 in the
//! book): it passes `sizeof(events)`, 240 *bytes*, where 20 *slots* are meant. All goes well until more
//! than 20 descriptors are ready at once; then the kernel writes beyond the array. In safe Rust, this
//! can't be written: a slice knows how many elements it has, and nix's [`Epoll::wait`] passes that number
//! to the kernel.
//!
//! But somebody still decides how long the array is, and how much of it is looked at. [`Ready`] gets
//! that wrong. It is used by a server that names its connections by tokens, and mostly, it works. Then
//! one day many clients speak at once, and the server is gone; and if one looks closely, `wait` names
//! connections that are not ready. Find out why, and mend it:
//!
//! - [`Ready::wait`] returns the tokens of ready descriptors, each once, and nothing else. If nothing
//!   is ready when its time is up, that is an empty slice.
//! - It returns at most [`SLOTS`] of them, however many are ready.
//! - The others are named by later calls. Everybody gets a turn, even if the first ones stay ready.
//!
//! How a level-triggered epoll keeps this last promise: what it has reported and what is still ready
//! moves to the end of its list of ready descriptors.
//!
//! Read: `epoll_wait(2)`.

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
            events: vec![EpollEvent::empty(); SLOTS * size_of::<EpollEvent>()],
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
    /// As `epoll_wait(2)`, except for `EINTR`: then it waits again.
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
        Ok(&self.tokens)
    }
}
