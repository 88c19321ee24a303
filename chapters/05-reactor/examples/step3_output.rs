//! The ladder, step 3: callbacks take notes, and the end of the turn writes.
//!
//! ```text
//!   epoll_wait ─► events ─► read ─► on_data ─► send, close: a note ─┐
//!       ▲                                                           ▼
//!       └── what to watch for ◄── one write a connection ◄────── flush ─► on_drain
//! ```
//!
//! What a turn has sent to a connection leaves in one write, at once. Only if the socket doesn't
//! take all of it is the rest watched for with OUT. From the high-water mark on, a connection is
//! full and nothing is read from it, until its output has fallen below the low-water mark. So a
//! client that doesn't read is slowed down by TCP, and costs us no more memory (*backpressure*).
//!
//! What is still wrong: an id is a slot, and the slot gets another connection. `--newest 2` keeps
//! ids of connections that are long gone, and cuts whichever has the slot now. An event that is
//! still in the batch can be taken for one of a newcomer in the same way.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
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

/// From this many bytes of output on, a connection is full: nothing is read from it.
const HIGH_WATER: usize = 256 * 1024;

/// Below this many bytes, a connection that was full has drained.
const LOW_WATER: usize = 64 * 1024;

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

/// Echo lines from an event loop with backpressure
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Cut a connection once N newer ones have been opened
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    newest: usize,
}

/// What a server does with its connections.
trait Handler {
    /// What one connection remembers.
    type Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId) -> Self::Session;

    /// There is input. What isn't consumed is offered again, followed by what arrives next.
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer);

    /// Output that was full has drained.
    fn on_drain(&mut self, _: &mut Io, _: ConnId, _: &mut Self::Session) {}

    /// The peer has finished sending, and may still read.
    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer);
}

/// A callback of the handler, for [`Reactor::call`].
type Callback<H> = fn(&mut H, &mut Io, ConnId, &mut <H as Handler>::Session, &mut Buffer);

/// The line echo, without a socket in it.
struct LineEcho {
    newest: usize,
    opened: VecDeque<ConnId>,
}

#[derive(Default)]
struct Line {
    /// Bytes at the front of the input that hold no LF.
    searched: usize,
}

impl Handler for LineEcho {
    type Session = Line;

    fn on_open(&mut self, io: &mut Io, id: ConnId) -> Line {
        self.opened.push_back(id);
        let surplus = self.opened.len().saturating_sub(self.newest);
        self.opened.drain(..surplus).for_each(|id| io.abort(id));
        Line::default()
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, line: &mut Line, input: &mut Buffer) {
        let (lines, last_word) = split(input, line.searched);
        io.send(id, &input[..lines]);
        input.drain(..lines);
        line.searched = input.len();
        if let Some(last_word) = last_word {
            io.send(id, last_word);
            io.close(id);
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, _: &mut Line, input: &mut Buffer) {
        io.send(id, input);
        io.close(id);
    }
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

struct Connection {
    stream: TcpStream,
    /// What the handler has left.
    input: Buffer,
    output: Buffer,
    /// Output has reached the high-water mark, and not fallen below the low one since.
    full: bool,
    closing: bool,
    /// What epoll watches for.
    interest: EpollFlags,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            input: Buffer::new(),
            output: Buffer::new(),
            full: false,
            closing: false,
            interest: EpollFlags::EPOLLIN,
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

    fn wants_input(&self) -> bool {
        !self.full && !self.closing
    }

    /// What epoll should watch for. A condition that isn't acted upon would end each wait at once.
    fn wanted(&self) -> EpollFlags {
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, self.wants_input());
        interest.set(EpollFlags::EPOLLOUT, !self.output.is_empty());
        interest
    }

    fn write(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
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

/// What callbacks may do. An id whose connection has gone is ignored everywhere: peers leave at
/// any moment, so every caller would have to ignore that error.
struct Io {
    epoll: Epoll,
    connections: Vec<Option<Connection>>,
    /// To be flushed at the end of the turn; a second time does no harm.
    unflushed: Vec<ConnId>,
}

impl Io {
    fn send(&mut self, id: ConnId, bytes: &[u8]) {
        if let Some(connection) = self.get_mut(id) {
            connection.output.extend_from_slice(bytes);
            connection.full |= connection.output.len() >= HIGH_WATER;
            self.unflushed.push(id);
        }
    }

    /// Closes `id` after what has been sent to it.
    fn close(&mut self, id: ConnId) {
        if let Some(connection) = self.get_mut(id) {
            connection.closing = true;
            self.unflushed.push(id);
        }
    }

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

    fn settle_interest(&mut self, id: ConnId) {
        if let Some(Some(connection)) = self.connections.get_mut(id)
            && connection.interest != connection.wanted()
        {
            connection.interest = connection.wanted();
            let mut event = EpollEvent::new(connection.interest, id as u64);
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

    /// Writes once; returns whether the output was full and has drained.
    fn flush(&mut self, id: ConnId) -> bool {
        let Some(connection) = self.get_mut(id) else {
            return false;
        };
        let written = connection.write();
        let drained = connection.full && connection.output.len() < LOW_WATER;
        connection.full &= !drained;
        match (connection.output.is_empty(), connection.closing) {
            _ if written.is_err() => self.abort(id),
            (true, true) => self.abort(id),
            _ => self.settle_interest(id),
        }
        drained
    }
}

/// Waits, reads and calls: the same loop for every handler.
struct Reactor<H: Handler> {
    io: Io,
    /// The session of the connection in the slot of the same number.
    sessions: Vec<Option<H::Session>>,
    listener: TcpListener,
    /// Every read goes here first.
    scratch: Vec<u8>,
}

impl<H: Handler> Reactor<H> {
    /// Lends a callback the session and the input of `id`.
    fn call(&mut self, handler: &mut H, id: ConnId, callback: Callback<H>) {
        if let Some(connection) = self.io.get_mut(id)
            && let Some(session) = &mut self.sessions[id]
        {
            let mut input = mem::take(&mut connection.input);
            callback(handler, &mut self.io, id, session, &mut input);
            if let Some(connection) = self.io.get_mut(id) {
                connection.input = input;
            }
        }
    }

    fn connection_ready(&mut self, handler: &mut H, id: ConnId, ready: EpollFlags) {
        if ready.contains(EpollFlags::EPOLLOUT) {
            self.io.unflushed.push(id);
        }
        let Some(connection) = self.io.get_mut(id) else {
            return;
        };
        if !connection.wants_input() {
            return; // a reset while it is full makes it writable, and the write fails
        }
        match connection.read(&mut self.scratch) {
            Ok(0) => self.call(handler, id, H::on_end),
            Ok(_) => self.call(handler, id, H::on_data),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.io.abort(id),
        }
    }

    fn accept(&mut self, handler: &mut H) {
        for _ in 0..ACCEPTS {
            let accepted = self.listener.accept();
            let Ok(id) = accepted.and_then(|(stream, _)| self.io.insert(stream)) else {
                return; // none is left; but without descriptors, this is called again at once
            };
            let session = handler.on_open(&mut self.io, id);
            self.sessions
                .resize_with(self.io.connections.len(), || None);
            self.sessions[id] = Some(session);
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
            io: Io {
                epoll,
                connections,
                unflushed: Vec::new(),
            },
            sessions: Vec::new(),
            listener,
            scratch: vec![0; READ],
        })
    }

    fn flush(&mut self, handler: &mut H) {
        for id in mem::take(&mut self.io.unflushed) {
            if self.io.flush(id) {
                self.call(handler, id, |h, io, id, s, _| h.on_drain(io, id, s));
            }
        }
    }

    fn timeout(&self) -> EpollTimeout {
        match self.io.unflushed[..] {
            [] => EpollTimeout::NONE,
            _ => EpollTimeout::ZERO, // `on_drain` has sent something
        }
    }

    fn run(mut self, handler: &mut H) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); EVENTS];
        loop {
            let ready = match self.io.epoll.wait(&mut events, self.timeout()) {
                Err(Errno::EINTR) => 0, // a debugger, or SIGSTOP and SIGCONT
                ready => ready?,
            };
            trace!(ready, "wake");
            for event in &events[..ready] {
                let id =
                    ConnId::try_from(event.data()).expect("epoll hands back what it was given");
                match event.events() {
                    _ if id == LISTENER => self.accept(handler),
                    ready => self.connection_ready(handler, id, ready),
                }
            }
            self.flush(handler);
        }
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(TcpListener::bind)?;
        let mut echo = LineEcho {
            newest: options.newest,
            opened: VecDeque::new(),
        };
        let reactor = Reactor::new(listener)?;
        Ok(reactor.run(&mut echo)?)
    })
}
