//! The ladder, step 8: what to do without descriptors, and a loop for each core.
//!
//! ```text
//!   clients ──► port ──┬──► listener 1 ──► loop 1: epoll, connections, handler
//!        (SO_REUSEPORT)└──► listener 2 ──► loop 2: epoll, connections, handler
//! ```
//!
//! A client that can't be accepted stays in the queue, so the listener stays readable. It *rests*:
//! epoll no longer watches it, until a connection is closed or a little time has passed, since the
//! descriptor that is missing may be freed elsewhere. With `--loops N`, N threads have a loop each.
//! They share the port and nothing else, so nothing is locked. The loop that takes the signal wakes
//! them all.
//!
//! The library has the same parts, each in a file of its own. What it adds: limits that a server can
//! choose, several listeners, files as output, and the speed of a fast path.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use memchr::memchr;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use socket2::{Domain, SockRef, Socket, Type};
use tracing::trace;

/// Events taken from the kernel in one turn.
const EVENTS: usize = 128;

/// Connections accepted in one turn.
const ACCEPTS: usize = 64;

/// How long the listener rests if no connection is closed before.
const REST: Duration = Duration::from_millis(250);

/// From this many bytes of output on, a connection is full: nothing is read from it.
const HIGH_WATER: usize = 256 * 1024;

/// Below this many bytes, a connection that was full has drained.
const LOW_WATER: usize = 64 * 1024;

/// How long a closing connection may make no progress.
const CLOSE: Duration = Duration::from_mins(1);

/// How long a lingering connection waits for its peer to close.
const LINGER: Duration = Duration::from_secs(1);

/// How many bytes one read takes at the most.
const READ: usize = 16 * 1024;

/// Longest line, in bytes without its LF.
const MAX_LINE: usize = 64 * 1024;

/// What epoll hands back with an event: a [`ConnId`], or one of these.
type Token = u64;
const LISTENER: Token = Token::MAX;
const WAKER: Token = Token::MAX - 1;
const SIGNALS: Token = Token::MAX - 2;

/// The library's `Buffer` moves an index where this one moves bytes.
type Buffer = Vec<u8>;

/// Echo lines from an event loop, or one per core
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Cut a connection once N newer ones have been opened
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    newest: usize,

    /// Close a connection that has sent nothing for so long
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    idle: u32,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,

    /// Stop after so long
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u16>,

    /// Event loops, each in a thread of its own
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    loops: u16,
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

    /// The time set by [`Io::set_timer`] has come.
    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session);

    /// The peer has finished sending, and may still read.
    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer);

    /// The server is going down.
    fn on_stop(&mut self, io: &mut Io, id: ConnId, _: &mut Self::Session) {
        io.close(id);
    }

    /// Another thread has written to the [`Waker`]; several wake-ups may arrive as one.
    fn on_wake(&mut self, io: &mut Io);

    /// The connection has gone. Called once for each `on_open`.
    fn on_close(&mut self, _: &mut Io, _: ConnId, _: Self::Session, _: Closed) {}
}

/// A callback of the handler, for [`Reactor::call`].
type Callback<H> = fn(&mut H, &mut Io, ConnId, &mut <H as Handler>::Session, &mut Buffer);

/// The line echo, without a socket in it.
struct LineEcho {
    idle: Duration,
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
        io.set_timer(id, self.idle);
        Line::default()
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, line: &mut Line, input: &mut Buffer) {
        io.set_timer(id, self.idle);
        let (lines, last_word) = split(input, line.searched);
        io.send(id, &input[..lines]);
        input.drain(..lines);
        line.searched = input.len();
        if let Some(last_word) = last_word {
            io.send(id, last_word);
            io.close(id);
        }
    }

    fn on_wake(&mut self, io: &mut Io) {
        io.stop();
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, _: &mut Line) {
        io.close(id);
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The peer was too slow to take its last output.
    TimedOut,
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
    deadline: Instant,
    /// When its entry in the heap comes due. Entries at other times are stale.
    queued: Option<Instant>,
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
            deadline: Instant::now(),
            queued: None,
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

    fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    fn ids(&self) -> Vec<ConnId> {
        let taken = self.slots.iter().filter(|slot| slot.connection.is_some());
        taken.map(|slot| slot.id).collect()
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
    timers: BinaryHeap<Reverse<(Instant, ConnId)>>,
    grace: Duration,
    /// Once the loop is stopping: when the last connections are cut.
    stop: Option<Instant>,
}

impl Io {
    fn stop(&mut self) {
        self.stop = self.stop.or(Some(Instant::now() + self.grace));
    }

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
            self.set_timer(id, CLOSE);
            self.unflushed.push(id);
        }
    }

    /// Calls `on_timer` after `delay`, instead of when it was to be called before.
    fn set_timer(&mut self, id: ConnId, delay: Duration) {
        if let Some(connection) = self.get_mut(id) {
            let deadline = Instant::now() + delay;
            connection.deadline = deadline;
            if connection.queued.is_none_or(|queued| deadline < queued) {
                connection.queued = Some(deadline);
                self.timers.push(Reverse((deadline, id)));
            }
        }
    }

    /// Takes a connection whose deadline is not after `now`.
    fn expired(&mut self, now: Instant) -> Option<ConnId> {
        while let Some(&Reverse((due, id))) = self.timers.peek()
            && due <= now
        {
            self.timers.pop();
            if let Some(connection) = self.get_mut(id)
                && connection.queued.take_if(|queued| *queued == due).is_some()
            {
                let deadline = connection.deadline;
                if deadline <= now {
                    return Some(id);
                }
                connection.queued = Some(deadline);
                self.timers.push(Reverse((deadline, id)));
            }
        }
        None
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
        self.set_timer(id, LINGER);
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
            (false, Phase::Closing) => self.set_timer(id, CLOSE),
            _ => {}
        }
        self.settle_interest(id);
        drained
    }
}

/// Wakes a loop from another thread.
type Waker = Arc<EventFd>;

/// Waits, reads and calls: the same loop for every handler.
struct Reactor<H: Handler> {
    io: Io,
    /// The session of the connection in the slot of the same number.
    sessions: Vec<Option<H::Session>>,
    /// Closed once the loop is stopping.
    listener: Option<TcpListener>,
    rests_until: Option<Instant>,
    waker: Waker,
    signals: SignalFd,
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
            let Some(listener) = &self.listener else {
                return;
            };
            let accepted = listener.accept();
            let id = match accepted.and_then(|(stream, _)| self.io.insert(stream)) {
                Ok(id) => id,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                Err(_) => return self.rest(Some(Instant::now() + REST)), // EMFILE, ENOMEM …
            };
            let session = handler.on_open(&mut self.io, id);
            self.sessions
                .resize_with(self.io.connections.slots.len(), || None);
            self.sessions[id.slot()] = Some(session);
        }
    }

    fn rest(&mut self, until: Option<Instant>) {
        self.rests_until = until;
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, until.is_none());
        let mut event = EpollEvent::new(interest, LISTENER);
        if let Some(listener) = &self.listener {
            let _ = self.io.epoll.modify(listener, &mut event); // can't fail: it is registered
        }
    }

    fn new(listener: TcpListener, grace: Duration, signals: &SigSet) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        let waker = EventFd::from_flags(EfdFlags::EFD_NONBLOCK)?;
        epoll.add(&waker, EpollEvent::new(EpollFlags::EPOLLIN, WAKER))?;
        let signals = SignalFd::with_flags(signals, SfdFlags::SFD_NONBLOCK)?;
        epoll.add(&signals, EpollEvent::new(EpollFlags::EPOLLIN, SIGNALS))?;
        Ok(Self {
            io: Io {
                epoll,
                connections: Connections::default(),
                unflushed: Vec::new(),
                dead: Vec::new(),
                timers: BinaryHeap::new(),
                grace,
                stop: None,
            },
            sessions: Vec::new(),
            listener: Some(listener),
            rests_until: None,
            waker: Arc::new(waker),
            signals,
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
        let freed = !self.io.dead.is_empty();
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
        if self
            .rests_until
            .is_some_and(|until| freed || until <= Instant::now())
        {
            self.rest(None);
        }
    }

    fn run_deadlines(&mut self, handler: &mut H) {
        let now = Instant::now();
        while let Some(id) = self.io.expired(now) {
            match self.io.get_mut(id).map(|connection| connection.phase) {
                Some(Phase::Closing) => self.io.kill(id, Closed::TimedOut),
                Some(Phase::Lingering) => self.io.kill(id, Closed::Finished),
                _ => self.call(handler, id, |h, io, id, s, _| h.on_timer(io, id, s)),
            }
        }
    }

    fn stop(&mut self, handler: &mut H, deadline: Instant) {
        let begins = self.listener.take().is_some();
        let late = deadline <= Instant::now();
        for id in self.io.connections.ids() {
            if late {
                self.io.kill(id, Closed::TimedOut);
            } else if begins {
                self.call(handler, id, |h, io, id, s, _| h.on_stop(io, id, s));
            }
        }
    }

    /// How long epoll may sleep, in whole milliseconds. Rounded down, the last part of each wait
    /// would be spent awake, asking again.
    fn timeout(&self) -> EpollTimeout {
        let timer = self.io.timers.peek().map(|Reverse((due, _))| *due);
        let deadlines = timer.into_iter().chain(self.io.stop);
        match deadlines.chain(self.rests_until).min() {
            _ if !self.io.unflushed.is_empty() => EpollTimeout::ZERO,
            None => EpollTimeout::NONE,
            Some(due) => {
                let rest = due.saturating_duration_since(Instant::now());
                let millis = rest.as_nanos().div_ceil(1_000_000);
                EpollTimeout::try_from(millis).unwrap_or(EpollTimeout::MAX)
            }
        }
    }

    fn run(mut self, handler: &mut H, wakers: &[Waker]) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); EVENTS];
        while self.listener.is_some() || self.io.connections.len() > 0 {
            let ready = match self.io.epoll.wait(&mut events, self.timeout()) {
                Err(Errno::EINTR) => 0, // a debugger, or SIGSTOP and SIGCONT
                ready => ready?,
            };
            trace!(ready, "wake");
            for event in &events[..ready] {
                match event.data() {
                    LISTENER => self.accept(handler),
                    WAKER => {
                        let _ = self.waker.read(); // unread, it would stay readable
                        handler.on_wake(&mut self.io);
                    }
                    SIGNALS => {
                        let _ = self.signals.read_signal();
                        wake(wakers);
                    }
                    id => self.connection_ready(handler, ConnId(id), event.events()),
                }
            }
            self.run_deadlines(handler);
            if let Some(deadline) = self.io.stop {
                self.stop(handler, deadline);
            }
            self.flush(handler);
            self.bury(handler);
        }
        Ok(())
    }
}

fn wake(wakers: &[Waker]) {
    for waker in wakers {
        let _ = waker.write(1); // fails only if very many wake-ups are pending already
    }
}

/// A listener that shares its address with those of the other loops, if there are any.
fn listen(address: SocketAddr, loops: u16) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(loops > 1)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        signals.thread_block()?; // before another thread starts, which could be interrupted
        let loops = options.loops;
        let first = options.server.open(|address| listen(address, loops))?;
        let address = first.local_addr()?;
        let grace = Duration::from_secs(options.grace.into());
        let mut reactors = vec![Reactor::new(first, grace, &signals)?];
        for _ in 1..loops {
            reactors.push(Reactor::new(listen(address, loops)?, grace, &signals)?);
        }
        let waker = |reactor: &Reactor<_>| Arc::clone(&reactor.waker);
        let wakers: Vec<Waker> = reactors.iter().map(waker).collect();
        if let Some(seconds) = options.lifetime {
            let wakers = wakers.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(seconds.into()));
                wake(&wakers);
            });
        }
        let serve = |reactor: Reactor<LineEcho>| {
            let mut echo = LineEcho {
                idle: Duration::from_secs(options.idle.into()),
                newest: options.newest,
                opened: VecDeque::new(),
            };
            let ended = reactor.run(&mut echo, &wakers);
            wake(&wakers);
            ended
        };
        thread::scope(|scope| {
            let spawn = |reactor| scope.spawn(|| serve(reactor));
            for started in reactors.into_iter().map(spawn).collect::<Vec<_>>() {
                started.join().expect("a loop has panicked")?;
            }
            Ok(())
        })
    })
}
