//! Where keys, or the bytes of a file or a pipe, come from.

mod fork;
mod relay;

use std::io::{self, ErrorKind, PipeReader, Read, Stdin};
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context, bail};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{self, Pid};

use self::fork::fork;
use self::relay::relay;
use super::modes::Modes;
use super::signals;

/// How many bytes one `read` takes at the most.
const CHUNK: usize = 4096;

/// What a read has brought.
pub enum Input<'a> {
    /// These bytes, or none this time.
    Bytes(&'a [u8]),
    /// The end: nothing will come any more.
    End,
}

/// How the next bytes are noticed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// Epoll reports them.
    Epoll,
    /// Not watched: the output is full.
    Paused,
    /// They are always there: a file, which epoll refuses.
    Always,
}

/// Standard input, read here or by a child.
pub struct Keyboard {
    source: Source,
    watch: Watch,
    bytes: Vec<u8>,
}

enum Source {
    Here(Stdin),
    /// `child` is `None` once it has been waited for.
    There {
        pipe: PipeReader,
        child: Option<Pid>,
    },
}

impl Keyboard {
    /// Standard input, read by this process.
    #[must_use]
    pub fn here() -> Self {
        Self::new(Source::Here(io::stdin()))
    }

    /// Standard input, read by a child process that writes what it reads to a pipe.
    ///
    /// If this process dies without tidying up, the child puts `modes` back.
    ///
    /// # Errors
    /// As [`fork()`] and `pipe(2)`.
    // ANCHOR: child
    pub fn child(modes: Option<&Modes>) -> io::Result<Self> {
        let (pid, (pipe, writer)) = fork(io::pipe()?, |(reader, writer)| {
            drop(reader); // while the child holds one, the pipe never breaks
            signals::obey_stop();
            let end = relay(io::stdin(), writer);
            if let Some(modes) = modes {
                modes.restore(); // for a parent that couldn't
            }
            end.map_or_else(|errno| errno as i32, |()| 0)
        })?;
        drop(writer); // while the parent holds one, the pipe never ends
        // A process that reads in the background is stopped, and its whole group with it (SIGTTIN). It is
        // the child that reads; its parent may have a signal to obey.
        SigSet::from(Signal::SIGTTIN).thread_block()?;
        Ok(Self::new(Source::There {
            pipe,
            child: Some(pid),
        }))
    }
    // ANCHOR_END: child

    fn new(source: Source) -> Self {
        Self {
            source,
            watch: Watch::Paused,
            bytes: vec![0; CHUNK],
        }
    }

    /// Lets `epoll` report it as `token`.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn resume(&mut self, epoll: &Epoll, token: u64) -> io::Result<()> {
        if self.watch == Watch::Paused {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, token);
            self.watch = match epoll.add(self.descriptor(), event) {
                Err(Errno::EPERM) => Watch::Always,
                result => result.map(|()| Watch::Epoll)?,
            };
        }
        Ok(())
    }

    /// Takes it out of `epoll`. An empty interest wouldn't do: EPOLLHUP, the end of a pipe, is
    /// reported whether one asks or not (`epoll_ctl(2)`), and the loop would spin.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn pause(&mut self, epoll: &Epoll) -> io::Result<()> {
        if self.watch == Watch::Epoll {
            epoll.delete(self.descriptor())?;
        }
        self.watch = Watch::Paused;
        Ok(())
    }

    /// Whether it may be read without asking.
    #[must_use]
    pub fn is_always_ready(&self) -> bool {
        self.watch == Watch::Always
    }

    /// Reads once. It was reported, so there is something: the descriptor needn't be nonblocking,
    /// which the shell at the other end of a terminal would notice.
    ///
    /// # Errors
    /// If it can't be read, or the child was killed.
    pub fn read(&mut self) -> anyhow::Result<Input<'_>> {
        let result = match &mut self.source {
            // Not `stdin.read()`: that one has a buffer, and epoll doesn't know what waits in there.
            Source::Here(stdin) => unistd::read(stdin, &mut self.bytes).map_err(io::Error::from),
            Source::There { pipe, .. } => pipe.read(&mut self.bytes),
        };
        match result {
            Ok(0) => self.how_it_ended().map(|()| Input::End),
            Ok(count) => Ok(Input::Bytes(&self.bytes[..count])),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Input::Bytes(&[])),
            // The terminal has hung up.
            Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) => Ok(Input::End),
            Err(error) => Err(error).context("can't read standard input"),
        }
    }

    /// A pipe that ends says that its writer has gone, not why.
    fn how_it_ended(&mut self) -> anyhow::Result<()> {
        let Some(child) = self.take_child() else {
            return Ok(());
        };
        match wait_for(child)? {
            WaitStatus::Exited(_, 0) => Ok(()),
            WaitStatus::Exited(_, errno) => {
                Err(io::Error::from_raw_os_error(errno)).context("can't read standard input")
            }
            WaitStatus::Signaled(_, signal, _) => {
                bail!("the process that reads the keyboard was killed ({signal})")
            }
            status => bail!("the process that reads the keyboard has ended: {status:?}"),
        }
    }

    fn take_child(&mut self) -> Option<Pid> {
        match &mut self.source {
            Source::Here(_) => None,
            Source::There { child, .. } => child.take(),
        }
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        match &self.source {
            Source::Here(stdin) => stdin.as_fd(),
            Source::There { pipe, .. } => pipe.as_fd(),
        }
    }
}

/// Leaves no process running, not even one that is stopped.
impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some(child) = self.take_child() {
            let _ = kill(child, Signal::SIGKILL); // not waited for: the number is still its own
            let _ = wait_for(child);
        }
    }
}

/// Waits for the end of a child, which is a zombie until then.
fn wait_for(child: Pid) -> nix::Result<WaitStatus> {
    loop {
        match waitpid(child, None) {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}
