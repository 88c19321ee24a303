//! Bytes from a terminal, a pipe or a file, as events.
//!
//! Epoll refuses what is always ready (EPERM): a regular file, `/dev/null`. But a read of a file may
//! wait for a disk. So a thread reads it, and hands over piece after piece.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::thread;

use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use reactor::{Io, Waker, WatchId};

/// How many bytes one `read` takes at the most.
const CHUNK: usize = 16 * 1024;

/// What a read has brought.
#[derive(Debug)]
pub enum Chunk {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing yet.
    Nothing,
    /// The end: nothing will come any more.
    End,
}

/// A descriptor that is read when it has something. It isn't set to nonblocking: others, such as
/// the shell at the same terminal, would notice.
#[derive(Debug)]
pub struct Input {
    source: Source,
    waker: Waker,
}

#[derive(Debug)]
enum Source {
    /// Not watched. An empty interest wouldn't do: EPOLLHUP is reported all the same.
    Paused(OwnedFd),
    Watched(WatchId),
    /// Read by a thread, which waits while the piece before hasn't been taken.
    Thread(Receiver<io::Result<Chunk>>),
    ThreadPaused(Receiver<io::Result<Chunk>>),
    Ended,
}

impl Input {
    /// Reads `descriptor`, once [`Self::resume`] has been called.
    #[must_use]
    pub fn new(descriptor: OwnedFd, waker: Waker) -> Self {
        Self {
            source: Source::Paused(descriptor),
            waker,
        }
    }

    /// Goes on: [`Self::read`] is to be called in `on_ready` and in `on_wake`.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`; or if no thread can be started.
    pub fn resume(&mut self, io: &mut Io) -> io::Result<()> {
        self.source = match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Paused(descriptor) => {
                let copy = descriptor.try_clone()?;
                match io.watch(copy, EpollFlags::EPOLLIN) {
                    Ok(watch) => Source::Watched(watch),
                    Err(error) if error.raw_os_error() == Some(Errno::EPERM as i32) => {
                        Source::Thread(read_in_thread(descriptor, self.waker.clone())?)
                    }
                    Err(error) => return Err(error),
                }
            }
            Source::ThreadPaused(chunks) => {
                self.waker.wake(); // a piece may have waited
                Source::Thread(chunks)
            }
            other => other,
        };
        Ok(())
    }

    /// Takes nothing until [`Self::resume`]. What comes waits where it is.
    pub fn pause(&mut self, io: &mut Io) {
        self.source = match std::mem::replace(&mut self.source, Source::Ended) {
            Source::Watched(watch) => io.unwatch(watch).map_or(Source::Ended, Source::Paused),
            Source::Thread(chunks) => Source::ThreadPaused(chunks),
            other => other,
        };
    }

    /// Reads once: in `on_ready`, if `ready` is this descriptor, and in `on_wake`, where `ready` is
    /// None. After the end, and after an error, nothing is read any more.
    ///
    /// # Errors
    /// As `read(2)`. A terminal that has hung up (EIO) is an end.
    pub fn read(&mut self, io: &mut Io, ready: Option<WatchId>) -> io::Result<Chunk> {
        let chunk = match &self.source {
            Source::Watched(watch) if ready == Some(*watch) => match io.watched(*watch) {
                Some(descriptor) => read(descriptor),
                None => Ok(Chunk::End),
            },
            Source::Thread(chunks) if ready.is_none() => match chunks.try_recv() {
                Ok(chunk) => chunk,
                Err(TryRecvError::Empty) => Ok(Chunk::Nothing),
                Err(TryRecvError::Disconnected) => Ok(Chunk::End),
            },
            _ => Ok(Chunk::Nothing),
        };
        if !matches!(chunk, Ok(Chunk::Bytes(_) | Chunk::Nothing)) {
            self.pause(io);
            self.source = Source::Ended;
        }
        chunk
    }
}

fn read_in_thread(descriptor: OwnedFd, waker: Waker) -> io::Result<Receiver<io::Result<Chunk>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("input".to_owned());
    thread.spawn(move || hand_over(&descriptor, &sender, &waker))?;
    Ok(receiver)
}

/// Hands over all of it, until its end or an error, or until nobody takes it any more.
fn hand_over(descriptor: &OwnedFd, sender: &SyncSender<io::Result<Chunk>>, waker: &Waker) {
    loop {
        let chunk = read(descriptor);
        let goes_on = matches!(chunk, Ok(Chunk::Bytes(_) | Chunk::Nothing));
        if sender.send(chunk).is_err() {
            return;
        }
        waker.wake();
        if !goes_on {
            return;
        }
    }
}

fn read(descriptor: impl AsFd) -> io::Result<Chunk> {
    let mut bytes = vec![0; CHUNK];
    match nix::unistd::read(descriptor, &mut bytes) {
        Ok(0) | Err(Errno::EIO) => Ok(Chunk::End),
        Ok(count) => {
            bytes.truncate(count);
            Ok(Chunk::Bytes(bytes))
        }
        Err(Errno::EINTR | Errno::EAGAIN) => Ok(Chunk::Nothing),
        Err(errno) => Err(io::Error::from(errno)),
    }
}
