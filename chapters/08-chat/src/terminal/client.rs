//! What happens when: the callbacks of keyboard (or pipe), server and signals.

use std::io;
use std::time::Duration;

use anyhow::{anyhow, bail};
use nix::sys::epoll::EpollFlags;
use nix::sys::signal::Signal;
use reactor::{Buffer, Closed, ConnId, ConnectorId, Handler, Io, Origin, Reactor, WatchId};
use websocket::{Alarm, Chunk};

use super::connection::{Connection, Rung, take_lines, take_rest};
use super::editor::keys::Key;
use super::editor::{Command, line};
use super::front::Front;
use super::keyboard::Keyboard;
use super::retry::Retry;
use super::settings::Settings;
use super::signals::{Signals, stop};
use super::talk::{Line, Stage, Talk};
use crate::{MAX_LINE, Text};

/// An escape sequence arrives in one piece, even over a slow network. What follows the key Esc after
/// this time is typed.
const ESCAPE: Duration = Duration::from_millis(50);

/// How the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody wanted it to.
    Quit,
    /// By this signal.
    Signal(Signal),
}

/// What a callback's work has come to: an end, or none yet.
type Outcome = anyhow::Result<Option<End>>;

/// All that the program works with.
pub struct Client {
    front: Front,
    keyboard: Keyboard,
    connection: Connection,
    retry: Retry,
    talk: Talk,
    settings: Settings,
    signals: Option<Signals>,
    /// Rings when an escape sequence hasn't gone on.
    escape: Alarm,
    outcome: Option<anyhow::Result<End>>,
}

impl Client {
    /// A client that begins to connect.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn begin(
        reactor: &mut Reactor,
        front: Front,
        keyboard: Keyboard,
        settings: Settings,
        signals: Option<Signals>,
    ) -> anyhow::Result<Self> {
        let waker = reactor.waker();
        let io = reactor.io();
        if let Some(signals) = &signals {
            signals.watch(io)?;
        }
        let mut client = Self {
            front,
            keyboard,
            connection: Connection::to(settings.server.clone(), io, waker)?,
            retry: Retry::new(),
            talk: Talk::default(),
            settings,
            signals,
            escape: Alarm::new(io)?,
            outcome: None,
        };
        client.connection.begin()?;
        client.watch_keyboard(io)?;
        Ok(client)
    }

    /// How it has ended. The terminal is put back, and the child has ended, when this returns.
    ///
    /// # Errors
    /// As [`run`](super::run).
    pub fn outcome(self) -> anyhow::Result<End> {
        self.outcome.unwrap_or(Ok(End::Quit))
    }

    // ANCHOR: settle
    /// After each callback: ends, if that has come; and takes input, if there is room for it.
    fn settle(&mut self, io: &mut Io, outcome: Outcome) {
        let outcome = match outcome {
            Ok(None) => self.watch_keyboard(io).map(|()| None),
            outcome => outcome,
        };
        let end = outcome.transpose();
        if end.is_some() && self.outcome.is_none() {
            self.front.leave(); // while the last words are sent, the terminal is as it was
            self.keyboard.pause(io);
            self.outcome = end;
            io.stop();
        }
    }

    /// Keys are always welcome, so that Ctrl-C is. A file waits until the server takes more.
    fn watch_keyboard(&mut self, io: &mut Io) -> anyhow::Result<()> {
        let welcome = match self.front {
            Front::Editor(_) => true,
            Front::Plain(_) => self.connection.has_room(io) && !self.connection.is_finished(),
        };
        if welcome {
            self.keyboard.resume(io)?;
        } else {
            self.keyboard.pause(io);
        }
        Ok(())
    }
    // ANCHOR_END: settle

    // ANCHOR: ready
    /// Something that isn't the server is ready, or a thread has something (`ready` is none then).
    fn on_event(&mut self, io: &mut Io, ready: Option<WatchId>) -> Outcome {
        let Some(watch) = ready else {
            self.on_lookup(io)?;
            return self.on_keyboard(io, None);
        };
        // A signal may end us. Whoever was stopped and is to end is in the background, where a read
        // of the keyboard would stop it again. What else is ready is reported again.
        if let Some(signal) = self.signals.as_ref().and_then(Signals::take) {
            return self.on_signal(signal);
        }
        match self.connection.rung(watch) {
            Rung::TryAgain => self.connection.begin()?,
            Rung::TooLate => {
                let late =
                    io::Error::new(io::ErrorKind::TimedOut, "its name is not looked up in time");
                return self.on_loss(io, Some(&late));
            }
            Rung::Not => {}
        }
        if let Front::Editor(editor) = &mut self.front
            && self.escape.has_rung(watch)
        {
            editor.give_up();
        }
        self.on_keyboard(io, ready)
    }
    // ANCHOR_END: ready

    fn on_keyboard(&mut self, io: &mut Io, ready: Option<WatchId>) -> Outcome {
        let bytes = match self.keyboard.read(io, ready)? {
            Chunk::Nothing => return Ok(None),
            Chunk::Bytes(bytes) => bytes,
            Chunk::End => return Ok(self.on_end_of_input(io)),
        };
        let keys = match &mut self.front {
            Front::Plain(plain) => {
                self.connection.send(io, &plain.feed(&bytes));
                return Ok(None);
            }
            Front::Editor(editor) => editor.keys(&bytes),
        };
        self.on_keys(io, keys)
    }

    /// The keyboard's terminal has gone; or a file has ended, whose last line is still to be answered.
    fn on_end_of_input(&mut self, io: &mut Io) -> Option<End> {
        match &mut self.front {
            Front::Editor(_) => Some(End::Quit),
            Front::Plain(plain) => {
                self.connection.send(io, &plain.end());
                self.connection.finish(io);
                None
            }
        }
    }

    fn on_keys(&mut self, io: &mut Io, keys: Vec<Key>) -> Outcome {
        for key in keys {
            let Front::Editor(editor) = &mut self.front else {
                break;
            };
            match editor.press(key)? {
                Some(Command::Quit) => return Ok(Some(End::Quit)),
                Some(Command::Suspend) => {
                    self.suspend();
                    return Ok(None); // the line is drawn when SIGCONT has been taken
                }
                Some(Command::Send) => self.send_line(io)?,
                None => {}
            }
        }
        if let Front::Editor(editor) = &mut self.front {
            editor.draw()?;
            if editor.waits() {
                self.escape.set(ESCAPE)?;
            }
            if let Some(count) = editor.take_refused() {
                let limit = line::LIMIT;
                self.say(&format!(
                    "a line holds {limit} bytes: {count} characters did not fit"
                ))?;
            }
        }
        Ok(None)
    }

    /// Sends the line, or says why it stays.
    fn send_line(&mut self, io: &mut Io) -> io::Result<()> {
        let Front::Editor(editor) = &mut self.front else {
            return Ok(());
        };
        if !self.connection.is_open() {
            return self.say("not connected: your line is kept");
        }
        if !self.connection.has_room(io) {
            return self.say("the server takes nothing at the moment: your line is kept");
        }
        let lines = editor.lines(); // several, if they were pasted
        if let Some(long) = lines.iter().find(|line| line.len() > MAX_LINE) {
            let why = format!(
                "{} bytes, and a line has {MAX_LINE}: yours is kept",
                long.len()
            );
            return self.say(&why);
        }
        editor.erase();
        for line in lines {
            self.connection.send(io, format!("{line}\n").as_bytes());
        }
        Ok(())
    }

    fn on_signal(&mut self, signal: Signal) -> Outcome {
        match signal {
            Signal::SIGTSTP => self.suspend(),
            Signal::SIGCONT => self.front.come_back()?,
            Signal::SIGWINCH => self.front.resize()?,
            other => return Ok(Some(End::Signal(other))),
        }
        Ok(None)
    }

    fn suspend(&self) {
        self.front.leave();
        stop();
    }

    fn on_lookup(&mut self, io: &mut Io) -> anyhow::Result<()> {
        match self.connection.take_addresses() {
            None => {}
            Some(Ok(addresses)) => self.connection.connect(io, addresses)?,
            Some(Err(error)) => return self.on_loss(io, Some(&error)).map(drop),
        }
        Ok(())
    }

    fn on_connected(&mut self, io: &mut Io, id: ConnId) -> Outcome {
        self.connection.open(io, id);
        if let Some(nick) = &self.settings.nick {
            let ask = format!("/nick {nick}\n");
            self.connection.send(io, ask.as_bytes());
        }
        match self.talk.stage() {
            Stage::NotBegun => self.front.say(&[])?,
            Stage::GoesOn | Stage::Over => self.say("connected again")?,
        }
        Ok(None)
    }

    fn on_lines(&mut self, io: &mut Io, lines: &[String]) -> Outcome {
        if lines.is_empty() {
            return Ok(None);
        }
        self.retry = Retry::new(); // it speaks: so the next loss is a new one
        let mut messages = Vec::new();
        for line in lines {
            match self.talk.hear(line) {
                Line::Question => self.connection.answer(io, b"/pong\n"),
                // The server has cleaned it. But who says that it is our server?
                Line::Message => messages.push(Text::new(line).to_string()),
            }
        }
        self.front.say(&messages)?;
        Ok(None)
    }

    /// The connection has ended, or didn't come about for a reason.
    fn on_loss(&mut self, io: &mut Io, error: Option<&io::Error>) -> Outcome {
        self.connection.lose(io);
        let why = match error {
            None => "the server has closed the connection".to_owned(),
            Some(error) => format!("no connection to {} ({error})", self.settings.server.text),
        };
        match (&self.front, self.talk.stage()) {
            (_, Stage::Over) => return Ok(Some(End::Quit)),
            (Front::Plain(_), _) if error.is_none() && self.connection.is_finished() => {
                return match self.talk.refusal() {
                    None => Ok(Some(End::Quit)),
                    Some(refusal) => Err(anyhow!("the server has refused something: {refusal}")),
                };
            }
            (_, Stage::NotBegun) if error.is_some() => {
                bail!("{why}; is it running? just run 08-chat starts one")
            }
            (Front::Plain(_), _) | (_, Stage::NotBegun) => bail!(why),
            (Front::Editor(_), Stage::GoesOn) => {}
        }
        let pause = self.retry.next();
        self.connection.pause(pause)?;
        let pause = pause.as_secs();
        self.say(&format!("{why}; trying again in {pause} s, Ctrl-C quits"))?;
        Ok(None)
    }

    /// Says something that doesn't come from the server.
    fn say(&mut self, message: &str) -> io::Result<()> {
        self.front.say(&[format!("~ {message}")])
    }

    /// Does `what`, unless the end has come, and settles.
    fn unless_over(&mut self, io: &mut Io, what: impl FnOnce(&mut Self, &mut Io) -> Outcome) {
        if self.outcome.is_none() {
            let outcome = what(self, io);
            self.settle(io, outcome);
        }
    }
}

impl Handler for Client {
    /// There is one connection, and what it remembers is the handler's.
    type Session = ();

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) {
        self.unless_over(io, |client, io| client.on_connected(io, id));
    }

    fn on_data(&mut self, io: &mut Io, _: ConnId, (): &mut (), input: &mut Buffer) {
        self.unless_over(io, |client, io| client.on_lines(io, &take_lines(input)));
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        self.unless_over(io, |client, io| {
            if !input.is_empty() {
                client.on_lines(io, &[take_rest(input)])?;
            }
            client.on_loss(io, None)
        });
        io.close(id);
    }

    fn on_drain(&mut self, io: &mut Io, _: ConnId, (): &mut ()) {
        self.unless_over(io, |_, _| Ok(None)); // there is room for input again
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, (): (), why: Closed) {
        if self.connection.is(id) {
            let error = match why {
                Closed::Failed(kind) => kind.into(),
                Closed::TimedOut => io::Error::other("it takes nothing any more"),
                why => io::Error::other(format!("{why:?}")),
            };
            self.unless_over(io, |client, io| client.on_loss(io, Some(&error)));
        }
    }

    fn on_connect_failed(&mut self, io: &mut Io, _: ConnectorId, error: io::Error) {
        self.unless_over(io, |client, io| client.on_loss(io, Some(&error)));
    }

    fn on_ready(&mut self, io: &mut Io, watch: WatchId, _: EpollFlags) {
        if self.outcome.is_some() {
            io.unwatch(watch); // nothing is waited for but the last words
        }
        self.unless_over(io, |client, io| client.on_event(io, Some(watch)));
    }

    fn on_wake(&mut self, io: &mut Io) {
        self.unless_over(io, |client, io| client.on_event(io, None));
    }
}
