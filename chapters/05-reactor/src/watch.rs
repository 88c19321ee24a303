//! Descriptors that aren't TCP connections: a pipe, a terminal, a pidfd, an eventfd.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use tracing::trace;

use crate::flag_names;
use crate::slots::{Key, Slots};
use crate::token::Token;

/// Names one descriptor that is watched. Once it isn't any more, this names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(pub(crate) Key);

/// The descriptors that a reactor watches without reading or writing them itself.
#[derive(Debug)]
pub(crate) struct Watches {
    descriptors: Slots<OwnedFd>,
}

impl Watches {
    pub fn new() -> Self {
        Self {
            descriptors: Slots::new(),
        }
    }

    pub fn add(
        &mut self,
        epoll: &Epoll,
        descriptor: OwnedFd,
        interest: EpollFlags,
    ) -> io::Result<WatchId> {
        let id = WatchId(self.descriptors.next_key());
        epoll.add(
            &descriptor,
            EpollEvent::new(interest, Token::Watch(id).pack()),
        )?;
        let fd = descriptor.as_raw_fd();
        trace!(fd, interest = flag_names(interest), "register");
        self.descriptors.insert(descriptor);
        Ok(id)
    }

    pub fn get(&self, id: WatchId) -> Option<BorrowedFd<'_>> {
        self.descriptors.get(id.0).map(AsFd::as_fd)
    }

    pub fn change(&self, epoll: &Epoll, id: WatchId, interest: EpollFlags) -> io::Result<()> {
        let Some(descriptor) = self.get(id) else {
            return Ok(());
        };
        let mut event = EpollEvent::new(interest, Token::Watch(id).pack());
        epoll.modify(descriptor, &mut event)?;
        let fd = descriptor.as_raw_fd();
        trace!(fd, interest = flag_names(interest), "re-arm");
        Ok(())
    }

    pub fn remove(&mut self, epoll: &Epoll, id: WatchId) -> Option<OwnedFd> {
        let descriptor = self.descriptors.remove(id.0)?;
        // Closing isn't enough: epoll watches what the descriptor stands for, and others may stand
        // for the same (epoll(7), "Questions and answers").
        let _ = epoll.delete(&descriptor);
        trace!(fd = descriptor.as_raw_fd(), "unregister");
        Some(descriptor)
    }
}
