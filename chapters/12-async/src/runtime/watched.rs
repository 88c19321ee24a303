//! A socket with its place in the reactor.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::reactor::Reactor;
use super::source::{Direction, Source};
use super::{budget, context};

/// What a successful call has shown of the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// There may be more.
    Perhaps,
    /// It moved less than it might have.
    Nothing,
}

/// A non-blocking socket that the reactor watches.
pub(super) struct Watched<S: AsFd + AsRawFd> {
    socket: S,
    key: usize,
    reactor: Arc<Reactor>,
}

impl<S: AsFd + AsRawFd> Watched<S> {
    /// Has this thread's reactor watch `socket`.
    pub(super) fn new(socket: S) -> io::Result<Self> {
        let reactor = context::reactor();
        let key = reactor.add(&socket)?;
        Ok(Self {
            socket,
            key,
            reactor,
        })
    }

    pub(super) fn socket(&self) -> &S {
        &self.socket
    }

    /// Ready when a call in this direction is worth a try; until then the task is woken.
    pub(super) fn poll_ready(&self, direction: Direction, context: &mut Context<'_>) -> Poll<()> {
        ready!(self.source(|source| source.poll(direction, context)));
        budget::spend(context)
    }

    // ANCHOR: try_io
    /// Makes a non-blocking call, and remembers what it has shown of the socket.
    ///
    /// # Errors
    /// What the call says; `WouldBlock` without a call, while there is no edge.
    pub(super) fn try_io<T>(
        &self,
        direction: Direction,
        call: impl FnOnce(&S) -> io::Result<(T, Left)>,
    ) -> io::Result<T> {
        // Under one lock: an edge that comes after the call is remembered after it, too.
        self.source(|source| {
            if !source.is_ready(direction) {
                return Err(ErrorKind::WouldBlock.into());
            }
            match call(&self.socket) {
                Ok((value, left)) => {
                    if left == Left::Nothing {
                        source.came_short(direction);
                    }
                    Ok(value)
                }
                Err(error) => {
                    if error.kind() == ErrorKind::WouldBlock {
                        source.used_up(direction);
                    }
                    Err(error)
                }
            }
        })
    }
    // ANCHOR_END: try_io

    fn source<T>(&self, on: impl FnOnce(&mut Source) -> T) -> T {
        on(&mut self.reactor.sources()[self.key])
    }
}

impl<S: AsFd + AsRawFd> Drop for Watched<S> {
    fn drop(&mut self) {
        self.reactor.remove(self.key, &self.socket);
    }
}
