//! The server: finding it, what is to be sent to it, the lines that it says.
//!
//! ```text
//!            ┌────────────────── the pause is over ──────────────────┐
//!            ▼                                                       │
//!         LookingUp ──► Connecting ──► Open ──► (lost) ──────────► Pausing
//!            │              │                      ▲
//!            └──────────────┴── in vain ───────────┘
//! ```

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use reactor::{Buffer, ConnId, Io, Waker, WatchId};
use websocket::{Alarm, Lookup};

use super::settings::Address;

/// How long a lookup may take, and how long connecting may.
const PATIENCE: Duration = Duration::from_secs(15);

/// A line of the server's that is longer is shown in pieces of this size.
pub const LINE_LIMIT: usize = 16 * 1024;

/// The connection to the server.
pub struct Connection {
    server: Address,
    state: State,
    sending: Sending,
    /// Rings when the lookup has taken too long, or when the pause is over.
    alarm: Alarm,
    waker: Waker,
}

enum State {
    LookingUp(Lookup),
    Connecting,
    Open(ConnId),
    Pausing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    GoesOn,
    /// The server is told that nothing follows.
    Ends,
}

/// What an alarm means.
pub enum Rung {
    /// It isn't this one.
    Not,
    /// The lookup has taken too long.
    TooLate,
    /// It is time to try again.
    TryAgain,
}

impl Connection {
    /// A connection to `server`; [`begin`](Self::begin) begins it.
    ///
    /// # Errors
    /// As [`Alarm::new`].
    pub fn to(server: Address, io: &mut Io, waker: Waker) -> io::Result<Self> {
        Ok(Self {
            server,
            state: State::Pausing,
            sending: Sending::GoesOn,
            alarm: Alarm::new(io)?,
            waker,
        })
    }

    /// Begins to connect: looks the server up.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn begin(&mut self) -> io::Result<()> {
        let lookup = Lookup::start(&self.server.host, self.server.port, self.waker.clone())?;
        self.state = State::LookingUp(lookup);
        self.alarm.set(PATIENCE)
    }

    /// The addresses that have been looked up, or why there are none, once that is known.
    pub fn take_addresses(&self) -> Option<io::Result<Vec<SocketAddr>>> {
        match &self.state {
            State::LookingUp(lookup) => lookup.take(),
            _ => None,
        }
    }

    /// Connects to one of these.
    ///
    /// # Errors
    /// As `timerfd_settime(2)`.
    pub fn connect(&mut self, io: &mut Io, addresses: Vec<SocketAddr>) -> io::Result<()> {
        self.alarm.clear()?;
        self.state = State::Connecting;
        io.connect(addresses, PATIENCE);
        Ok(())
    }

    /// There is a connection. It is read from even while its output is full: the server may wait
    /// for this client as this client waits for the server.
    pub fn open(&mut self, io: &mut Io, id: ConnId) {
        io.keep_reading(id);
        self.state = State::Open(id);
    }

    /// It is lost, or hasn't come about.
    pub fn lose(&mut self, io: &mut Io) {
        if let State::Open(id) = std::mem::replace(&mut self.state, State::Pausing) {
            io.close(id);
        }
    }

    /// Tries again after `pause`.
    ///
    /// # Errors
    /// As `timerfd_settime(2)`.
    pub fn pause(&mut self, pause: Duration) -> io::Result<()> {
        self.alarm.set(pause)
    }

    /// What the alarm `ready` means, if it is one.
    pub fn rung(&self, ready: WatchId) -> Rung {
        match (self.alarm.has_rung(ready), &self.state) {
            (true, State::LookingUp(_)) => Rung::TooLate,
            (true, State::Pausing) => Rung::TryAgain,
            _ => Rung::Not,
        }
    }

    fn id(&self) -> Option<ConnId> {
        match self.state {
            State::Open(id) => Some(id),
            _ => None,
        }
    }

    /// Whether `id` is this connection, and not one that has been given up.
    #[must_use]
    pub fn is(&self, id: ConnId) -> bool {
        self.id() == Some(id)
    }

    /// Whether lines can be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.id().is_some()
    }

    /// Whether there is room for more to be sent.
    #[must_use]
    pub fn has_room(&self, io: &Io) -> bool {
        self.id().is_some_and(|id| !io.is_full(id))
    }

    /// Whether nothing more will be sent.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.sending == Sending::Ends
    }

    /// Sends whole lines, each with its line feed.
    pub fn send(&self, io: &mut Io, lines: &[u8]) {
        if let Some(id) = self.id() {
            io.send(id, lines);
        }
    }

    /// Answers that somebody is there, which whatever waits to be sent says as well. A server that
    /// asks and asks, and never reads, would else fill the memory with answers.
    pub fn answer(&self, io: &mut Io, line: &[u8]) {
        let waits = self.id().is_some_and(|id| io.pending_output(id) > 0);
        if !waits && !self.is_finished() {
            self.send(io, line);
        }
    }

    /// Ends the sending direction, once all is sent. The server can still answer.
    pub fn finish(&mut self, io: &mut Io) {
        self.sending = Sending::Ends;
        if let Some(id) = self.id() {
            io.finish(id);
        }
    }
}

/// The whole lines at the front of `input`, and the pieces of one that is too long.
pub fn take_lines(input: &mut Buffer) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(end) = input.iter().position(|&byte| byte == b'\n') {
        lines.push(text(&input.take(end + 1)[..end]));
    }
    if input.len() > LINE_LIMIT {
        lines.push(take_rest(input));
    }
    lines
}

/// All that is left, as one line.
pub fn take_rest(input: &mut Buffer) -> String {
    let length = input.len();
    text(input.take(length))
}

/// A line as text; whether its bytes are UTF-8 is up to the server.
fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use nix::sys::epoll::EpollFlags;
    use reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, WatchId};

    use super::super::settings::Address;
    use super::Connection;

    /// Fills the connection, and answers then.
    struct Fills(Connection);

    impl Handler for Fills {
        type Session = ();

        fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) {
            self.0.open(io, id);
            self.0.send(io, &b"hello\n".repeat(10_000));
            let waiting = io.pending_output(id);
            self.0.answer(io, b"/pong\n");
            assert_eq!(io.pending_output(id), waiting);
            io.stop();
        }

        fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}
        fn on_ready(&mut self, _: &mut Io, _: WatchId, _: EpollFlags) {}
    }

    #[test]
    fn while_something_waits_to_be_sent_no_answer_is_added() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let limits = Limits {
            stop: Duration::ZERO,
            ..Limits::default()
        };
        let mut reactor = Reactor::new(limits).expect("a reactor");
        let waker = reactor.waker();
        let server = Address::new(&address.to_string(), 0).expect("an address");
        let connection = Connection::to(server, reactor.io(), waker).expect("an alarm");
        let mut fills = Fills(connection);
        let begun = fills.0.connect(reactor.io(), vec![address]);
        begun
            .and_then(|()| reactor.run(&mut fills))
            .expect("no error");
    }
}
