//! The ladder, step 1: an event loop of function pointers, one per descriptor.
//!
//! ```text
//!   accept_cb ──► new descriptor: recv_cb ◄──── watch IN, watch OUT ────► send_cb
//! ```
//!
//! The loop knows nothing of lines. It waits, and calls whatever function the descriptor has been
//! given. Reactors in C often have this shape.
//!
//! What is still wrong: `recv_cb` knows the socket, epoll and the echo, so another protocol would
//! have to write it all again. A connection either reads or writes, so each message changes what
//! epoll watches for twice. And a callback can only act on its own connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use clap::Parser;
use memchr::memchr;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use tracing::trace;

/// Events taken from the kernel in one turn.
const EVENTS: usize = 128;

/// Connections accepted in one turn.
const ACCEPTS: usize = 64;

/// How many bytes one read takes at the most.
const READ: usize = 16 * 1024;

/// Longest line, in bytes without its LF.
const MAX_LINE: usize = 64 * 1024;

/// Names a connection by its slot in the table. Epoll hands it back with each event.
type ConnId = usize;

/// What epoll hands back for the listener.
const LISTENER: ConnId = ConnId::MAX;

/// The library's `Buffer` moves an index where this one moves bytes.
type Buffer = Vec<u8>;

/// Echo lines from an event loop of function pointers
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,
}

/// How many bytes at the front of `input` are lines to echo, and what to say after them before
/// closing, if there is reason to. The first `searched` bytes hold no LF.
fn split(input: &[u8], searched: usize) -> (usize, Option<&'static [u8]>) {
    let (mut start, mut searched) = (0, searched);
    while let Some(found) = memchr(b'\n', &input[searched..]) {
        let line = &input[start..searched + found];
        if line.len() > MAX_LINE {
            break;
        }
        if line == b"quit" || line == b"quit\r" {
            return (start, Some(b"goodbye\n"));
        }
        start += line.len() + 1;
        searched = start;
    }
    let too_long = input.len() - start > MAX_LINE;
    (start, too_long.then_some(b"line too long\n"))
}

// ANCHOR: types
/// What to call when a descriptor is ready.
type Callback = fn(&mut Reactor, ConnId);

struct Connection {
    stream: TcpStream,
    callback: Callback,
    /// The line that has not ended yet, and how much of it has been searched for its end.
    input: Buffer,
    searched: usize,
    output: Buffer,
    closing: bool,
}
// ANCHOR_END: types

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            callback: Reactor::recv_cb,
            input: Buffer::new(),
            searched: 0,
            output: Buffer::new(),
            closing: false,
        }
    }

    /// Returns 0 at the end of the peer's bytes.
    fn read(&mut self, scratch: &mut [u8]) -> io::Result<usize> {
        let bytes = self.stream.read(scratch)?;
        let fd = self.stream.as_raw_fd();
        trace!(fd, bytes, data = &scratch[..bytes], "read");
        self.input.extend_from_slice(&scratch[..bytes]);
        Ok(bytes)
    }

    fn write(&mut self) -> io::Result<()> {
        let bytes = match self.stream.write(&self.output) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            written => written?,
        };
        let fd = self.stream.as_raw_fd();
        trace!(fd, bytes, data = &self.output[..bytes], "write");
        self.output.drain(..bytes);
        Ok(())
    }
}

struct Reactor {
    epoll: Epoll,
    connections: Vec<Option<Connection>>,
    listener: TcpListener,
    /// Every read goes here first.
    scratch: Vec<u8>,
}

impl Reactor {
    fn get_mut(&mut self, id: ConnId) -> Option<&mut Connection> {
        self.connections.get_mut(id)?.as_mut()
    }

    fn insert(&mut self, stream: TcpStream) -> io::Result<ConnId> {
        stream.set_nonblocking(true)?;
        let vacant = self.connections.iter().position(Option::is_none);
        let id = vacant.unwrap_or(self.connections.len());
        let event = EpollEvent::new(EpollFlags::EPOLLIN, id as u64);
        self.epoll.add(&stream, event)?;
        if id == self.connections.len() {
            self.connections.push(None);
        }
        self.connections[id] = Some(Connection::new(stream));
        Ok(id)
    }

    fn watch(&mut self, id: ConnId, interest: EpollFlags, next: Callback) {
        if let Some(Some(connection)) = self.connections.get_mut(id) {
            connection.callback = next;
            let mut event = EpollEvent::new(interest, id as u64);
            if self.epoll.modify(&connection.stream, &mut event).is_err() {
                self.abort(id);
            }
        }
    }

    fn abort(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id).and_then(Option::take) {
            trace!(fd = connection.stream.as_raw_fd(), "close"); // dropping it closes it
        }
    }

    fn send_cb(&mut self, id: ConnId) {
        let Some(connection) = self.get_mut(id) else {
            return;
        };
        let written = connection.write();
        match (connection.output.is_empty(), connection.closing) {
            _ if written.is_err() => self.abort(id),
            (true, true) => self.abort(id),
            (true, false) => self.watch(id, EpollFlags::EPOLLIN, Self::recv_cb),
            (false, _) => {}
        }
    }

    // ANCHOR: recv
    fn recv_cb(&mut self, id: ConnId) {
        let Some(Some(connection)) = self.connections.get_mut(id) else {
            return;
        };
        let (lines, last_word) = match connection.read(&mut self.scratch) {
            Ok(0) => (connection.input.len(), Some(&b""[..])),
            Ok(_) => split(&connection.input, connection.searched),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(_) => return self.abort(id),
        };
        connection.output.extend(connection.input.drain(..lines));
        connection.searched = connection.input.len();
        if let Some(last_word) = last_word {
            connection.output.extend_from_slice(last_word);
            connection.closing = true;
        }
        self.watch(id, EpollFlags::EPOLLOUT, Self::send_cb);
    }
    // ANCHOR_END: recv

    fn accept_cb(&mut self, _: ConnId) {
        for _ in 0..ACCEPTS {
            let accepted = self.listener.accept();
            let Ok(_) = accepted.and_then(|(stream, _)| self.insert(stream)) else {
                return; // none is left; but without descriptors, this is called again at once
            };
        }
    }

    fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(
            &listener,
            EpollEvent::new(EpollFlags::EPOLLIN, LISTENER as u64),
        )?;
        let connections = Vec::new();
        Ok(Self {
            epoll,
            connections,
            listener,
            scratch: vec![0; READ],
        })
    }

    // ANCHOR: run
    fn run(mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); EVENTS];
        loop {
            let ready = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Err(Errno::EINTR) => 0, // a debugger, or SIGSTOP and SIGCONT
                ready => ready?,
            };
            trace!(ready, "wake");
            for event in &events[..ready] {
                let id =
                    ConnId::try_from(event.data()).expect("epoll hands back what it was given");
                let callback = self.get_mut(id).map(|connection| connection.callback);
                // The listener has no slot in the table.
                callback.unwrap_or(Self::accept_cb)(&mut self, id);
            }
        }
    }
    // ANCHOR_END: run
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(TcpListener::bind)?;
        let reactor = Reactor::new(listener)?;
        Ok(reactor.run()?)
    })
}
