//! Where keys, or the bytes of a file or a pipe, come from.

mod child;
mod fork;
mod relay;

use std::io::{self, PipeReader};
use std::os::fd::AsFd;

use anyhow::Context;
use reactor::{Io, Waker, WatchId};
use websocket::{Chunk, Input};

pub use self::child::Child;

/// Standard input, read here or by a child.
pub struct Keyboard {
    input: Input,
    child: Option<Child>,
}

impl Keyboard {
    /// Standard input, or the pipe of the child that reads it.
    ///
    /// # Errors
    /// As `dup(2)`: no descriptor is left.
    pub fn new(child: Option<(Child, PipeReader)>, waker: Waker) -> io::Result<Self> {
        let (child, descriptor) = match child {
            Some((child, pipe)) => (Some(child), pipe.into()),
            None => (None, io::stdin().as_fd().try_clone_to_owned()?),
        };
        let input = Input::new(descriptor, waker);
        Ok(Self { input, child })
    }

    /// Watches it.
    ///
    /// # Errors
    /// As [`Input::resume`].
    pub fn resume(&mut self, io: &mut Io) -> io::Result<()> {
        self.input.resume(io)
    }

    /// Leaves what comes where it is.
    pub fn pause(&mut self, io: &mut Io) {
        self.input.pause(io);
    }

    /// Reads once, if that is what `ready` says, or without it what a thread has read.
    ///
    /// # Errors
    /// If it can't be read, or the child was killed.
    pub fn read(&mut self, io: &mut Io, ready: Option<WatchId>) -> anyhow::Result<Chunk> {
        if let (Some(child), Some(ready)) = (&mut self.child, ready)
            && child.has_ended(io, ready)?
        {
            return Ok(Chunk::End);
        }
        let chunk = self.input.read(io, ready);
        match (chunk.context("can't read standard input")?, &mut self.child) {
            (Chunk::End, Some(child)) => {
                child.watch_end(io)?;
                Ok(Chunk::Nothing)
            }
            (chunk, _) => Ok(chunk),
        }
    }
}
