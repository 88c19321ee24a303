//! The program: what is typed is sent, and what comes is shown.
//!
//! ```text
//!   Lookup ──► Connecting ──► Opening ──► Open ──► Closing ──► the end
//!   (thread)   (reactor)        │           │        │
//!     └──────────┴──── each has its time ───┼────────┘
//!                                           └─ input is read, as long as output isn't full
//! ```
//!
//! Its output may be full while it goes on reading: a server that sends back what it gets stops
//! reading when it can't send, so a client that did the same would wait for the server for ever.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;

use anyhow::{Context, anyhow};
use nix::sys::epoll::EpollFlags;
use reactor::{Buffer, Closed, ConnId, ConnectorId, Handler, Io, Limits, Origin, Reactor, WatchId};

use super::display::Display;
use super::typed::Typed;
use super::{Address, Alarm, Chunk, Client, Failure, Goodbye, Incoming, Input, Lookup, Wait};
use crate::{Close, CloseCode, Kind};

/// The key of the connection's timer.
const TIMER: u8 = 0;

/// What the command line says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the server is.
    pub address: Address,
    /// Sub-protocols to offer.
    pub protocols: Vec<String>,
    /// How long to wait for each: the name's addresses, the connection, the answer to the request,
    /// and in the end the server's Close.
    pub patience: Duration,
}

/// Sends what standard input says line by line, and shows what comes, until the server or the input
/// ends.
///
/// # Errors
/// If the server can't be reached or breaks the protocol, if it is waited for in vain, and if
/// standard input or output fail.
pub fn talk(settings: Settings) -> anyhow::Result<()> {
    // Beyond these marks, lines wait in the keyboard's own queue, or in the file.
    let mut reactor = Reactor::new(Limits {
        input: super::MAX_ANSWER,
        high_water: 64 * 1024,
        low_water: 16 * 1024,
        ..Limits::default()
    })?;
    let mut talk = Talk::begin(&mut reactor, settings)?;
    reactor.run(&mut talk)?;
    match talk.phase {
        Phase::Over(outcome) => outcome,
        _ => Err(anyhow!("the connection has been lost")), // not reached: nothing else stops it
    }
}

/// How far it is. [`Phase::Over`] stays.
#[derive(Debug)]
enum Phase {
    Lookup(Lookup),
    Connecting,
    Connected(ConnId),
    Over(anyhow::Result<()>),
}

struct Talk {
    settings: Settings,
    client: Client,
    phase: Phase,
    /// Rings when the lookup has taken too long.
    alarm: Alarm,
    input: Input,
    typed: Typed,
    display: Display,
}

impl Talk {
    fn begin(reactor: &mut Reactor, settings: Settings) -> anyhow::Result<Self> {
        let waker = reactor.waker();
        let (host, port) = (settings.address.host(), settings.address.port());
        let lookup = Lookup::start(host, port, waker.clone())?;
        let alarm = Alarm::new(reactor.io())?;
        alarm.set(settings.patience)?;
        Ok(Self {
            client: Client::new(&settings.protocols)?,
            phase: Phase::Lookup(lookup),
            alarm,
            input: Input::new(io::stdin().as_fd().try_clone_to_owned()?, waker),
            typed: Typed::default(),
            display: Display::new(),
            settings,
        })
    }

    /// The end, unless it has come already.
    fn end(&mut self, io: &mut Io, outcome: anyhow::Result<()>) {
        if !matches!(self.phase, Phase::Over(_)) {
            let opens = !matches!(self.phase, Phase::Connected(_)) || self.client.is_opening();
            self.phase = Phase::Over(if opens {
                let host = &self.settings.address.authority;
                outcome.with_context(|| format!("can't open a WebSocket at {host}"))
            } else {
                outcome
            });
        }
        io.stop();
    }

    fn end_if_failed<E: Into<anyhow::Error>>(&mut self, io: &mut Io, result: Result<(), E>) {
        if let Err(error) = result {
            self.end(io, Err(error.into()));
        }
    }

    fn end_with(&mut self, io: &mut Io, goodbye: &Goodbye) {
        let closed = format!("closed: {} {}", goodbye.code, goodbye.reason);
        let noted = self.display.note(&closed).map_err(anyhow::Error::from);
        self.end(io, noted);
    }

    fn connect(&mut self, io: &mut Io, found: io::Result<Vec<SocketAddr>>) -> anyhow::Result<()> {
        self.alarm.clear()?;
        io.connect(found?, self.settings.patience);
        self.phase = Phase::Connecting;
        Ok(())
    }

    /// Takes all that has come.
    fn take(&mut self, io: &mut Io, id: ConnId, input: &mut Buffer) -> anyhow::Result<()> {
        let mut out = Vec::new();
        let result = self.take_into(io, id, input, &mut out);
        io.send(id, &out); // in case of a failure, too: it says why
        self.display.flush()?;
        result
    }

    fn take_into(
        &mut self,
        io: &mut Io,
        id: ConnId,
        input: &mut Buffer,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        while let Some(incoming) = self.client.next(input, out)? {
            self.display.show(&incoming)?;
            match incoming {
                Incoming::Opened(_) => {
                    io.clear_timer(id, TIMER);
                    self.input.resume(io)?;
                }
                // From here on it is the server's turn to end the connection.
                Incoming::Close(_) => {
                    self.input.pause(io);
                    io.set_timer(id, TIMER, self.settings.patience);
                }
                _ => {}
            }
        }
        if !io.is_full(id) {
            self.client.answer_ping(out)?;
        }
        Ok(())
    }

    // ANCHOR: typed
    /// Sends what has been typed, until the output is full. `ready` is what epoll has reported.
    fn read_typed(
        &mut self,
        io: &mut Io,
        id: ConnId,
        ready: Option<WatchId>,
    ) -> anyhow::Result<()> {
        let chunk = self.input.read(io, ready);
        let mut out = Vec::new();
        let taken = match chunk.context("can't read standard input")? {
            Chunk::Nothing => return Ok(()),
            Chunk::Bytes(bytes) => self
                .typed
                .feed(&bytes, |line| send_line(&mut self.client, line, &mut out)),
            Chunk::End => self
                .typed
                .end(|line| send_line(&mut self.client, line, &mut out))
                .and_then(|()| {
                    self.client
                        .close(Close::from(CloseCode::NORMAL), &mut out)
                        .map_err(Into::into)
                }),
        };
        io.send(id, &out);
        taken?;
        if !self.client.is_open() {
            self.input.pause(io); // nothing more is sent
            io.set_timer(id, TIMER, self.settings.patience);
        } else if io.is_full(id) {
            self.input.pause(io); // until on_drain
        }
        Ok(())
    }
    // ANCHOR_END: typed
}

/// Sends a line, or does what it says. One that isn't UTF-8 goes as bytes: a text has to be.
fn send_line(client: &mut Client, line: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
    let sent = match line {
        b"/ping" => client.ping(b"", out),
        b"/close" => client.close(Close::from(CloseCode::NORMAL), out),
        line if str::from_utf8(line).is_ok() => client.send(Kind::Text, line, out),
        line => client.send(Kind::Binary, line, out),
    };
    match sent {
        Err(Failure::Closed) => Ok(()), // nothing more is sent, and that was asked for
        sent => sent,
    }
}

impl Handler for Talk {
    /// There is one connection, and what it remembers is the handler's.
    type Session = ();

    fn on_wake(&mut self, io: &mut Io) {
        let result = match &self.phase {
            Phase::Lookup(lookup) => match lookup.take() {
                Some(found) => self.connect(io, found),
                None => Ok(()),
            },
            Phase::Connected(id) => self.read_typed(io, *id, None),
            Phase::Connecting | Phase::Over(_) => Ok(()),
        };
        self.end_if_failed(io, result);
    }

    fn on_ready(&mut self, io: &mut Io, watch: WatchId, _: EpollFlags) {
        if self.alarm.has_rung(watch) {
            self.end(io, Err(Failure::Late(Wait::Lookup).into()));
        } else if let Phase::Connected(id) = self.phase {
            let result = self.read_typed(io, id, Some(watch));
            self.end_if_failed(io, result);
        }
    }

    fn on_connect_failed(&mut self, io: &mut Io, _: ConnectorId, error: io::Error) {
        self.end(io, Err(error.into()));
    }

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) {
        self.phase = Phase::Connected(id);
        io.keep_reading(id);
        io.send(id, self.client.request(&self.settings.address).as_bytes());
        io.set_timer(id, TIMER, self.settings.patience);
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        if !self.client.is_open() && !self.client.is_opening() && self.client.goodbye().is_none() {
            io.set_timer(id, TIMER, self.settings.patience); // its Close comes behind all this
        }
        let result = self.take(io, id, input);
        self.end_if_failed(io, result);
    }

    fn on_drain(&mut self, io: &mut Io, id: ConnId, (): &mut ()) {
        let mut out = Vec::new();
        let answered = self.client.answer_ping(&mut out);
        io.send(id, &out);
        let resumed = if self.client.is_open() {
            self.input.resume(io)
        } else {
            Ok(())
        };
        let result = answered.and(resumed.map_err(Failure::from));
        self.end_if_failed(io, result);
    }

    /// The server ends the connection.
    fn on_end(&mut self, io: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {
        match self.client.goodbye().cloned() {
            Some(goodbye) => self.end_with(io, &goodbye),
            None if self.client.is_opening() => {
                self.end(
                    io,
                    Err(Failure::from(super::Misunderstanding::NotHttp).into()),
                );
            }
            None => self.end_with(io, &Goodbye::abnormal()),
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, (): &mut (), _: u8) {
        if let Some(goodbye) = self.client.goodbye().cloned() {
            self.end_with(io, &goodbye); // all has been said: the rest isn't waited for
        } else if self.client.is_opening() {
            self.end(io, Err(Failure::Late(Wait::Opening).into()));
        } else if io.pending_output(id) > 0 {
            io.set_timer(id, TIMER, self.settings.patience); // our Close is still on its way
        } else {
            self.end(io, Err(Failure::Late(Wait::Close).into()));
        }
    }

    fn on_close(&mut self, io: &mut Io, _: ConnId, (): (), why: Closed) {
        let why = match (self.client.goodbye().cloned(), why) {
            (Some(goodbye), _) => return self.end_with(io, &goodbye),
            (None, Closed::Failed(kind)) => io::Error::from(kind),
            (None, why) => io::Error::other(format!("the connection has ended: {why:?}")),
        };
        self.end(io, Err(why.into()));
    }
}
