//! The ladder, step 5: a connection ends in several ways, and each has its state.
//!
//! ```text
//!         end of file           close           output sent              end of file
//!   Open ─────────────► Ended ─────────► Closing ───────────► Lingering ─────────────► Dead
//!     └────────────── close ────────────────┘                                           ▲
//!                                            abort, or an error, from any of them ──────┘
//! ```
//!
//! A peer that has finished sending may still read (*half-close*), so it is owed its answers. A
//! socket that is closed with unread input sends a reset, and that destroys what the peer hasn't
//! read yet. So we close our own direction only, then read and drop what still comes until the peer
//! has closed, too: the connection *lingers*. Only `abort` resets, on purpose.
//!
//! What is still wrong: a peer that never closes lingers for ever, and keeps its descriptor.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use memchr::memchr;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::SockRef;
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

/// What epoll hands back with an event: a [`ConnId`], or `LISTENER`.
type Token = u64;
const LISTENER: Token = Token::MAX;

/// The library's `Buffer` moves an index where this one moves bytes.
type Buffer = Vec<u8>;

/// Echo lines from an event loop that lets connections end well
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

    /// The connection has gone. Called once for each `on_open`.
    fn on_close(&mut self, _: &mut Io, _: ConnId, _: Self::Session, _: Closed) {}
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

/// Names one connection, and never another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ConnId(u64);

impl ConnId {
    fn slot(self) -> usize {
        (self.0 & 0xFFFF_FFFF) as usize
    }
}

/// Why a connection has gone.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Closed {
    Finished,
    Aborted,
    Failed,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Open,
    /// The peer has finished sending.
    Ended,
    /// Sending what is queued, then no more.
    Closing,
    /// Our direction is closed; what still comes is dropped.
    Lingering,
    /// Keeps its descriptor until the end of the turn.
    Dead,
}

struct Connection {
    stream: TcpStream,
    /// What the handler has left.
    input: Buffer,
    output: Buffer,
    /// Output has reached the high-water mark, and not fallen below the low one since.
    full: bool,
    phase: Phase,
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
            phase: Phase::Open,
            interest: EpollFlags::EPOLLIN,
        }
    }

    /// Returns 0 at the end of the peer's bytes.
    fn read(&mut self, scratch: &mut [u8]) -> io::Result<usize> {
        let bytes = self.stream.read(scratch)?;
        if self.phase == Phase::Lingering {
            return Ok(bytes); // dropped
        }
        let fd = self.stream.as_raw_fd();
        trace!(fd, bytes, data = &scratch[..bytes], "read");
        self.input.extend_from_slice(&scratch[..bytes]);
        Ok(bytes)
    }

    fn wants_input(&self) -> bool {
        self.phase == Phase::Lingering || self.phase == Phase::Open && !self.full
    }

    /// Whether callbacks other than `on_close` may still come.
    fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ended)
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

/// A place in the table. While it is vacant, `id` is that of its next connection.
struct Slot {
    id: ConnId,
    connection: Option<Connection>,
}

#[derive(Default)]
struct Connections {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

impl Connections {
    /// The id of the connection that is inserted next.
    fn next_id(&mut self) -> ConnId {
        if self.free.is_empty() {
            let (id, connection) = (ConnId(self.slots.len() as u64), None);
            self.free.push(self.slots.len());
            self.slots.push(Slot { id, connection });
        }
        self.slots[self.free[self.free.len() - 1]].id
    }

    fn insert(&mut self, id: ConnId, connection: Connection) {
        self.free.pop();
        self.slots[id.slot()].connection = Some(connection);
    }

    fn get_mut(&mut self, id: ConnId) -> Option<&mut Connection> {
        let slot = self.slots.get_mut(id.slot())?;
        slot.connection.as_mut().filter(|_| slot.id == id)
    }

    fn remove(&mut self, id: ConnId) -> Option<Connection> {
        self.get_mut(id)?;
        self.free.push(id.slot());
        let slot = &mut self.slots[id.slot()];
        slot.id = ConnId(id.0.wrapping_add(1 << 32)); // the next generation
        slot.connection.take()
    }
}

/// What callbacks may do. An id whose connection has gone is ignored everywhere: peers leave at
/// any moment, so every caller would have to ignore that error.
struct Io {
    epoll: Epoll,
    connections: Connections,
    /// To be flushed at the end of the turn; a second time does no harm.
    unflushed: Vec<ConnId>,
    /// To be removed at the end of the turn, each once.
    dead: Vec<(ConnId, Closed)>,
}

impl Io {
    fn send(&mut self, id: ConnId, bytes: &[u8]) {
        if let Some(connection) = self.get_mut(id)
            && connection.is_open()
        {
            connection.output.extend_from_slice(bytes);
            connection.full |= connection.output.len() >= HIGH_WATER;
            self.unflushed.push(id);
        }
    }

    /// Closes `id` after what has been sent to it.
    fn close(&mut self, id: ConnId) {
        if let Some(connection) = self.get_mut(id)
            && connection.is_open()
        {
            connection.phase = Phase::Closing;
            self.unflushed.push(id);
        }
    }

    fn get_mut(&mut self, id: ConnId) -> Option<&mut Connection> {
        let connection = self.connections.get_mut(id);
        connection.filter(|connection| connection.phase != Phase::Dead)
    }

    fn insert(&mut self, stream: TcpStream) -> io::Result<ConnId> {
        stream.set_nonblocking(true)?;
        let id = self.connections.next_id();
        let event = EpollEvent::new(EpollFlags::EPOLLIN, id.0);
        self.epoll.add(&stream, event)?;
        self.connections.insert(id, Connection::new(stream));
        Ok(id)
    }

    fn settle_interest(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.phase != Phase::Dead
            && connection.interest != connection.wanted()
        {
            connection.interest = connection.wanted();
            let mut event = EpollEvent::new(connection.interest, id.0);
            if self.epoll.modify(&connection.stream, &mut event).is_err() {
                self.kill(id, Closed::Failed);
            }
        }
    }

    /// Cuts `id` at once: what is queued here and in the kernel is thrown away.
    fn abort(&mut self, id: ConnId) {
        self.kill(id, Closed::Aborted);
    }

    fn kill(&mut self, id: ConnId, why: Closed) {
        if let Some(connection) = self.get_mut(id) {
            connection.phase = Phase::Dead;
            self.dead.push((id, why));
        }
    }

    fn linger(&mut self, id: ConnId) {
        if let Some(connection) = self.get_mut(id) {
            connection.phase = Phase::Lingering;
            let _ = connection.stream.shutdown(Shutdown::Write); // if it fails, the next read does
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
        match (connection.output.is_empty(), &connection.phase) {
            _ if written.is_err() => self.kill(id, Closed::Failed),
            (true, Phase::Closing) => self.linger(id),
            _ => {}
        }
        self.settle_interest(id);
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
            && connection.is_open()
            && let Some(session) = &mut self.sessions[id.slot()]
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
        let read = (connection.wants_input()).then(|| connection.read(&mut self.scratch));
        match read {
            // A reset; while nothing is read, only this tells of it.
            None if ready.contains(EpollFlags::EPOLLERR) => self.io.kill(id, Closed::Failed),
            None => {}
            Some(Ok(0)) if !connection.is_open() => self.io.kill(id, Closed::Finished),
            Some(Ok(0)) => {
                connection.phase = Phase::Ended;
                self.io.unflushed.push(id); // so that its interest is settled: no more IN
                self.call(handler, id, H::on_end);
            }
            Some(Ok(_)) => self.call(handler, id, H::on_data),
            Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => {}
            Some(Err(_)) => self.io.kill(id, Closed::Failed),
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
                .resize_with(self.io.connections.slots.len(), || None);
            self.sessions[id.slot()] = Some(session);
        }
    }

    fn new(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        Ok(Self {
            io: Io {
                epoll,
                connections: Connections::default(),
                unflushed: Vec::new(),
                dead: Vec::new(),
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

    /// Removes the dead. Only now are their descriptors closed.
    fn bury(&mut self, handler: &mut H) {
        while let Some((id, why)) = self.io.dead.pop() {
            if let Some(connection) = self.io.connections.remove(id)
                && let Some(session) = self.sessions[id.slot()].take()
            {
                trace!(fd = connection.stream.as_raw_fd(), ?why, "close"); // dropping it closes it
                if why != Closed::Finished {
                    // With a linger time of zero, close sends a reset and frees the send buffer.
                    let _ = SockRef::from(&connection.stream).set_linger(Some(Duration::ZERO));
                }
                handler.on_close(&mut self.io, id, session, why);
            }
        }
    }

    fn timeout(&self) -> EpollTimeout {
        match self.io.unflushed[..] {
            [] => EpollTimeout::NONE,
            _ => EpollTimeout::ZERO, // `on_drain` or `on_close` has sent something
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
                match event.data() {
                    LISTENER => self.accept(handler),
                    id => self.connection_ready(handler, ConnId(id), event.events()),
                }
            }
            self.flush(handler);
            self.bury(handler);
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
