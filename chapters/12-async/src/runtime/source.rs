//! What the reactor knows of one descriptor: whether it is ready, and who waits for that.

use std::os::fd::RawFd;
use std::task::{Context, Poll, Waker};

use nix::sys::epoll::EpollFlags;

/// A direction of bytes, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Read,
    Write,
}

/// One watched descriptor.
#[derive(Debug)]
pub(super) struct Source {
    /// For the trace.
    pub(super) fd: RawFd,
    /// An edge has come, and no call has shown since that it is used up.
    readable: bool,
    writable: bool,
    /// The peer has finished sending, or the connection is gone: a short read isn't the last.
    ended: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Source {
    pub(super) fn new(fd: RawFd) -> Self {
        Self {
            fd,
            readable: false,
            writable: true, // a new socket has room; if not, the first write shows it
            ended: false,
            reader: None,
            writer: None,
        }
    }

    // ANCHOR: edge
    /// An edge: remembers it, and gives up the wakers of those who wait for it.
    pub(super) fn edge(&mut self, flags: EpollFlags) -> impl Iterator<Item = Waker> {
        let gone = EpollFlags::EPOLLHUP | EpollFlags::EPOLLERR;
        self.ended |= flags.intersects(EpollFlags::EPOLLRDHUP | gone);
        let mut woken = [None, None];
        if flags.intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP | gone) {
            self.readable = true;
            woken[0] = self.reader.take();
        }
        if flags.intersects(EpollFlags::EPOLLOUT | gone) {
            self.writable = true;
            woken[1] = self.writer.take();
        }
        woken.into_iter().flatten()
    }

    /// Ready if an edge has come and is not used up; else the task is woken by the next.
    ///
    /// There is room for one waiter in each direction. One that must make room is woken, so that
    /// it asks again.
    pub(super) fn poll(&mut self, direction: Direction, context: &mut Context<'_>) -> Poll<()> {
        if *self.ready(direction) {
            return Poll::Ready(());
        }
        let waiter = match direction {
            Direction::Read => &mut self.reader,
            Direction::Write => &mut self.writer,
        };
        if !matches!(waiter, Some(waker) if waker.will_wake(context.waker()))
            && let Some(other) = waiter.replace(context.waker().clone())
        {
            other.wake();
        }
        Poll::Pending
    }
    // ANCHOR_END: edge

    pub(super) fn is_ready(&mut self, direction: Direction) -> bool {
        *self.ready(direction)
    }

    /// The call would block: from now on it takes an edge.
    pub(super) fn used_up(&mut self, direction: Direction) {
        *self.ready(direction) = false;
    }

    /// The call moved less than it might have: there is no more, unless the end is there, too.
    pub(super) fn came_short(&mut self, direction: Direction) {
        if !self.ended {
            self.used_up(direction);
        }
    }

    fn ready(&mut self, direction: Direction) -> &mut bool {
        match direction {
            Direction::Read => &mut self.readable,
            Direction::Write => &mut self.writable,
        }
    }
}
