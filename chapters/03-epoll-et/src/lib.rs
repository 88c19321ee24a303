//! Edge-triggered epoll: the kernel says that something has come, once, and never again.
//!
//! A level-triggered wait reports a *state*: this socket is readable. An edge-triggered one reports
//! a *change*: this socket has become readable. Whoever doesn't take everything after a change will
//! hear nothing of the rest. Hence three loops, until the call would block:
//!
//! - drain on **accept**: one edge may stand for many connections;
//! - drain on **read**: data and end of file may come in one edge;
//! - drain on **write**, and keep what there is no room for: [`Exchange`] has an output buffer, and
//!   asks for the edge "there is room again" only while something is in it.
//!
//! A loop that drains could be kept busy by one peer for ever, so each turn is bounded, and what is
//! left over is remembered here: the kernel won't.
//!
//! What is still wrong: one thread does it all, and one forgotten drain leaves a client hanging for
//! ever. Chapter 04 brings threads; chapter 05 makes the edge a state, so that none can be forgotten.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod exchange;

pub use blocking::listen;
pub use exchange::{Exchange, Status};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};

use blocking::after_failed_accept;
use level::{Token, names};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use tracing::trace;

/// How many bytes one `read` takes at the most.
const INPUT_SIZE: usize = 16 * 1024;

/// How many ready descriptors one `epoll_wait` may report; the others follow at the next.
const EVENTS_PER_WAIT: usize = 256;

/// How many connections are accepted before the others have their turn.
const ACCEPTS_PER_TURN: usize = 64;

/// What epoll hands back for the listener. Tokens count up from 0 and never get here.
const LISTENER: Token = Token::MAX;

/// Serves all clients of `listener`, in this thread, for ever.
///
/// # Errors
/// If the listener is unusable or the kernel refuses to watch it or to wait.
pub fn serve(listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
    epoll.add(&listener, EpollEvent::new(interest, LISTENER))?;
    trace!(fd = listener.as_raw_fd(), interest = "IN|ET", "register");
    let mut server = Server {
        epoll,
        listener,
        connections: BTreeMap::new(),
        next: 0,
        unfinished: BTreeSet::new(),
        input: vec![0; INPUT_SIZE],
    };
    server.run()
}

struct Server {
    epoll: Epoll,
    listener: TcpListener,
    connections: BTreeMap<Token, Connection>,
    next: Token,
    /// Who used up its turn and may have more: no edge will tell.
    unfinished: BTreeSet<Token>,
    /// Where each read puts its bytes; one buffer is enough, as nothing stays in it.
    input: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    exchange: Exchange,
    /// What epoll watches for now, so that it is told only of changes.
    interest: EpollFlags,
}

impl Server {
    // ANCHOR: run
    fn run(&mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); EVENTS_PER_WAIT];
        loop {
            // With work left over, only look what else came.
            let (timeout, timeout_ms) = if self.unfinished.is_empty() {
                (EpollTimeout::NONE, None)
            } else {
                (EpollTimeout::ZERO, Some(0))
            };
            trace!(call = "epoll_wait", timeout_ms, "wait");
            let ready = match self.epoll.wait(&mut events, timeout) {
                Ok(ready) => ready,
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno.into()),
            };
            trace!(call = "epoll_wait", ready, "wake");
            let mut turn = mem::take(&mut self.unfinished);
            for event in &events[..ready] {
                let (token, flags) = (event.data(), event.events());
                trace!(fd = self.descriptor(token), ready = names(flags), "ready");
                turn.insert(token);
            }
            for token in turn {
                if token == LISTENER {
                    self.accept_all()?;
                } else {
                    self.drive(token);
                }
            }
        }
    }
    // ANCHOR_END: run

    /// Takes connections until the accept queue is empty.
    // ANCHOR: accept
    fn accept_all(&mut self) -> io::Result<()> {
        let listener = self.listener.as_raw_fd();
        for _ in 0..ACCEPTS_PER_TURN {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    trace!(fd = stream.as_raw_fd(), listener, %peer, "accept");
                    if let Err(error) = self.open(stream) {
                        trace!(%error, "error"); // this one is closed, and no other
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace!(fd = listener, call = "accept", "would-block");
                    return Ok(());
                }
                Err(error) => {
                    after_failed_accept(&self.listener, error)?;
                    break; // the queue isn't empty: try again next turn
                }
            }
        }
        self.unfinished.insert(LISTENER);
        Ok(())
    }
    // ANCHOR_END: accept

    fn open(&mut self, stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        let token = self.next;
        self.next += 1;
        let exchange = Exchange::default();
        let interest = exchange.interest();
        trace!(fd = stream.as_raw_fd(), interest = "IN|ET", "register");
        // What has come before this call counts as a change: it will be reported.
        let event = EpollEvent::new(interest | EpollFlags::EPOLLET, token);
        self.epoll.add(&stream, event)?;
        let connection = Connection {
            stream,
            exchange,
            interest,
        };
        self.connections.insert(token, connection);
        Ok(())
    }

    /// Gives one connection its turn, and closes it if it is finished.
    fn drive(&mut self, token: Token) {
        let Some(connection) = self.connections.get_mut(&token) else {
            return; // closed since it was reported
        };
        match connection.drive(&self.epoll, token, &mut self.input) {
            Ok(Status::Waiting) => {}
            Ok(Status::Unfinished) => {
                self.unfinished.insert(token);
            }
            Ok(Status::Finished) => self.close(token, &"served"),
            Err(error) => self.close(token, &error),
        }
    }

    /// Dropping the stream closes the descriptor, and the last close takes it out of epoll.
    fn close(&mut self, token: Token, why: &dyn Display) {
        if let Some(connection) = self.connections.remove(&token) {
            trace!(fd = connection.stream.as_raw_fd(), %why, "close");
        }
    }

    /// For the trace: the connection's descriptor, or the listener's.
    fn descriptor(&self, token: Token) -> RawFd {
        let connection = self.connections.get(&token);
        connection.map_or(self.listener.as_raw_fd(), |connection| {
            connection.stream.as_raw_fd()
        })
    }
}

impl Connection {
    fn drive(&mut self, epoll: &Epoll, token: Token, input: &mut [u8]) -> io::Result<Status> {
        let status = self.exchange.drive(&self.stream, input)?;
        // Who is unfinished waits for its turn, not for an edge.
        if status == Status::Waiting {
            self.watch(epoll, token)?;
        }
        Ok(status)
    }

    /// Tells epoll if we now wait for something else.
    ///
    /// `EPOLL_CTL_MOD` looks at the socket anew: what is there already is reported as an edge. So
    /// nothing is lost that came between the last `read` and this call.
    // ANCHOR: watch
    fn watch(&mut self, epoll: &Epoll, token: Token) -> io::Result<()> {
        let interest = self.exchange.interest();
        if interest != self.interest {
            self.interest = interest;
            let flags = interest | EpollFlags::EPOLLET;
            epoll.modify(&self.stream, &mut EpollEvent::new(flags, token))?;
            trace!(
                fd = self.stream.as_raw_fd(),
                interest = names(flags),
                "re-arm"
            );
        }
        Ok(())
    }
    // ANCHOR_END: watch
}
