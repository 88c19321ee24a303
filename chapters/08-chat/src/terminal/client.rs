//! The loop: one epoll over keyboard (or pipe), socket and signals.

use std::io;
use std::time::Duration;

use anyhow::bail;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::signal::Signal;

use super::connection::{Connection, News};
use super::editor::Command;
use super::editor::keys::Key;
use super::front::Front;
use super::keyboard::{Input, Keyboard};
use super::retry::Retry;
use super::settings::Settings;
use super::signals::{Signals, stop};
use super::wait::wait;
use crate::{MAX_LINE, Text};

const KEYBOARD: u64 = 0;
const SERVER: u64 = 1;
const SIGNALS: u64 = 2;

/// The server's answer to `/quit`: it closes because we wanted it to.
const GOODBYE: &str = "- goodbye";

/// The server's question whether the member is still there begins so; any line answers it.
const QUESTION: &str = "? ";

/// How the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The user wanted it to.
    Quit,
    /// By this signal.
    Signal(Signal),
}

/// How far we have come with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Talk {
    /// It has said nothing yet.
    NotBegun,
    GoesOn,
    /// It has said goodbye.
    Over,
}

/// All that the loop works with. Dropped in this order: first the terminal is put back.
pub struct Client {
    front: Front,
    keyboard: Keyboard,
    connection: Connection,
    retry: Retry,
    talk: Talk,
    settings: Settings,
    signals: Option<Signals>,
    epoll: Epoll,
}

impl Client {
    /// A client that begins to connect.
    ///
    /// # Errors
    /// If no server can be reached, or the kernel refuses.
    pub fn new(
        front: Front,
        keyboard: Keyboard,
        settings: Settings,
        signals: Option<Signals>,
    ) -> anyhow::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        if let Some(signals) = &signals {
            epoll.add(signals, EpollEvent::new(EpollFlags::EPOLLIN, SIGNALS))?;
        }
        let mut client = Self {
            front,
            keyboard,
            connection: Connection::to(settings.addresses.clone()),
            retry: Retry::new(),
            talk: Talk::NotBegun,
            settings,
            signals,
            epoll,
        };
        client.connect()?;
        Ok(client)
    }

    /// Turns until the end. The terminal is put back, and the child has ended, when this returns.
    ///
    /// # Errors
    /// As [`run`](super::run).
    // ANCHOR: turn
    pub fn run(mut self) -> anyhow::Result<End> {
        loop {
            self.connection.update(&self.epoll, SERVER)?;
            if self.takes_input() {
                self.keyboard.resume(&self.epoll, KEYBOARD)?;
            } else {
                self.keyboard.pause(&self.epoll)?;
            }
            for token in self.wait()? {
                let end = match token {
                    KEYBOARD => self.on_keyboard()?,
                    SERVER => self.on_server()?,
                    _ => self.on_signal()?,
                };
                if let Some(end) = end {
                    return Ok(end);
                }
            }
            if self.retry.is_due() {
                self.connect()?;
            }
        }
    }
    // ANCHOR_END: turn

    /// Keys are always welcome, so that Ctrl-C is. A file waits until the server takes more.
    fn takes_input(&self) -> bool {
        match self.front {
            Front::Editor(_) => true,
            Front::Plain(_) => self.connection.has_room() && !self.connection.is_finished(),
        }
    }

    /// Sleeps until something has happened, or the next try is due.
    fn wait(&self) -> io::Result<Vec<u64>> {
        if self.keyboard.is_always_ready() {
            let mut reported = wait(&self.epoll, Some(Duration::ZERO))?;
            reported.push(KEYBOARD);
            return Ok(reported);
        }
        let reported = wait(&self.epoll, self.retry.remaining())?;
        // A signal may end us. Whoever was stopped and is to end is in the background, where a read
        // of the keyboard would stop it again. What else is ready is reported again.
        if reported.contains(&SIGNALS) {
            return Ok(vec![SIGNALS]);
        }
        Ok(reported)
    }

    fn on_keyboard(&mut self) -> anyhow::Result<Option<End>> {
        let bytes = match self.keyboard.read()? {
            Input::Bytes(bytes) => bytes,
            Input::End => return Ok(self.on_end_of_input()),
        };
        match &mut self.front {
            Front::Plain(plain) => {
                self.connection.send(&plain.feed(bytes));
                Ok(None)
            }
            Front::Editor(editor) => {
                let keys = editor.keys(bytes);
                self.on_keys(keys)
            }
        }
    }

    /// The keyboard's terminal has gone; or a file has ended, whose last line is still to be answered.
    fn on_end_of_input(&mut self) -> Option<End> {
        match &mut self.front {
            Front::Editor(_) => Some(End::Quit),
            Front::Plain(plain) => {
                self.connection.send(&plain.end());
                self.connection.finish();
                None
            }
        }
    }

    fn on_keys(&mut self, keys: Vec<Key>) -> anyhow::Result<Option<End>> {
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
                Some(Command::Send) => self.send_line()?,
                None => {}
            }
        }
        if let Front::Editor(editor) = &mut self.front {
            editor.draw()?;
        }
        Ok(None)
    }

    /// Sends the line, or says why it stays.
    fn send_line(&mut self) -> io::Result<()> {
        let Front::Editor(editor) = &mut self.front else {
            return Ok(());
        };
        if !self.connection.is_open() {
            return self.say("not connected: your line is kept");
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
            self.connection.send(format!("{line}\n").as_bytes());
        }
        Ok(())
    }

    fn on_signal(&mut self) -> anyhow::Result<Option<End>> {
        match self.signals.as_ref().and_then(Signals::take) {
            Some(Signal::SIGTSTP) => self.suspend(),
            Some(Signal::SIGCONT) => self.front.come_back()?,
            Some(Signal::SIGWINCH) => self.front.resize()?,
            other => return Ok(other.map(End::Signal)),
        }
        Ok(None)
    }

    fn suspend(&self) {
        self.front.leave();
        stop();
    }

    fn connect(&mut self) -> anyhow::Result<()> {
        match self.connection.connect(&self.epoll, SERVER) {
            Ok(()) => Ok(()),
            Err(error) => self.on_loss(Some(&error)).map(|_| ()),
        }
    }

    fn on_server(&mut self) -> anyhow::Result<Option<End>> {
        match self.connection.on_event(&self.epoll, SERVER) {
            Ok(News::Nothing) => {}
            Ok(News::Connected) => self.on_connected()?,
            Ok(News::Lines(lines)) => self.on_lines(&lines)?,
            Ok(News::Closed) => return self.on_loss(None),
            Err(error) => return self.on_loss(Some(&error)),
        }
        Ok(None)
    }

    fn on_connected(&mut self) -> io::Result<()> {
        if let Some(nick) = &self.settings.nick {
            self.connection.send(format!("/nick {nick}\n").as_bytes());
        }
        match self.talk {
            Talk::NotBegun => self.front.say(&[]),
            Talk::GoesOn | Talk::Over => self.say("connected again"),
        }
    }

    fn on_lines(&mut self, lines: &[String]) -> io::Result<()> {
        self.retry = Retry::new(); // it speaks: so the next loss is a new one
        let mut messages = Vec::new();
        for line in lines {
            self.talk = match line.as_str() {
                GOODBYE => Talk::Over,
                _ => Talk::GoesOn,
            };
            if line.starts_with(QUESTION) {
                self.connection.answer(b"/pong\n");
            } else {
                // The server has done that. But who says that it is our server?
                messages.push(Text::new(line).to_string());
            }
        }
        self.front.say(&messages)
    }

    /// The connection has ended, or didn't come about for a reason.
    fn on_loss(&mut self, error: Option<&io::Error>) -> anyhow::Result<Option<End>> {
        self.connection.close();
        let why = match error {
            None => "the server has closed the connection".to_owned(),
            Some(error) => format!("no connection to {} ({error})", self.settings.server),
        };
        match (&self.front, self.talk) {
            (_, Talk::Over) => return Ok(Some(End::Quit)),
            (Front::Plain(_), _) if error.is_none() && self.connection.is_finished() => {
                return Ok(Some(End::Quit));
            }
            (_, Talk::NotBegun) if error.is_some() => {
                bail!("{why}; is it running? just run 08-chat starts one")
            }
            (Front::Plain(_), _) | (_, Talk::NotBegun) => bail!(why),
            (Front::Editor(_), Talk::GoesOn) => {}
        }
        let pause = self.retry.plan().as_secs();
        self.say(&format!("{why}; trying again in {pause} s, Ctrl-C quits"))?;
        Ok(None)
    }

    /// Says something that doesn't come from the server.
    fn say(&mut self, message: &str) -> io::Result<()> {
        self.front.say(&[format!("~ {message}")])
    }
}
