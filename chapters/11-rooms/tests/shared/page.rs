//! A member behind a WebSocket, which comes back as the page does: `site/connection.js` in Rust.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;
use tungstenite::{Message, WebSocket};

use crate::DEADLINE;

/// How long a welcome may take before it is asked for elsewhere.
const WELCOME: Duration = Duration::from_millis(500);

/// The client of a page.
#[derive(Default)]
pub struct Page {
    socket: Option<WebSocket<TcpStream>>,
    token: String,
    room: String,
    seen: u64,
    number: u64,
    unheard: Vec<(u64, String)>,
    pub nick: String,
    /// Public lines, with the numbers of their events.
    pub said: Vec<(u64, String)>,
    /// Everything else that was told.
    pub told: Vec<Value>,
}

impl Page {
    /// A newcomer, who has been welcomed.
    #[track_caller]
    pub fn new(server: SocketAddr) -> Self {
        let mut page = Self::default();
        page.connect(server);
        page
    }

    /// Comes, or comes back.
    #[track_caller]
    pub fn connect(&mut self, server: SocketAddr) {
        let end = Instant::now() + DEADLINE;
        while !self.try_connect(server) {
            assert!(Instant::now() < end, "no welcome from {server}");
        }
    }

    /// The same once; whether that went well. A server that has no log has no welcome, either.
    pub fn try_connect(&mut self, server: SocketAddr) -> bool {
        self.socket = None;
        let Ok(stream) = TcpStream::connect(server) else {
            return false;
        };
        stream
            .set_read_timeout(Some(WELCOME))
            .expect("a time limit");
        let query = format!("token={}&room={}&seen={}", self.token, self.room, self.seen);
        let Ok((socket, _)) = tungstenite::client(format!("ws://{server}/ws?{query}"), stream)
        else {
            return false;
        };
        self.socket = Some(socket);
        loop {
            match self.next() {
                Some(object) if object["kind"] == "welcome" => break,
                Some(_) => {}
                None => {
                    self.socket = None;
                    return false;
                }
            }
        }
        self.be_patient(DEADLINE);
        for (number, line) in self.unheard.clone() {
            self.send(number, &line);
        }
        true
    }

    pub fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Loses the connection, without a word.
    pub fn lose(&mut self) {
        self.socket = None;
    }

    /// Says a line, until it is heard.
    pub fn say(&mut self, line: &str) {
        self.number += 1;
        self.unheard.push((self.number, line.to_owned()));
        self.send(self.number, line);
    }

    /// Sends a line as the one with this number.
    pub fn send(&mut self, number: u64, line: &str) {
        let object = serde_json::json!({ "say": line, "number": number });
        if let Some(socket) = &mut self.socket
            && socket.send(Message::text(object.to_string())).is_err()
        {
            self.socket = None;
        }
    }

    /// Whether all that was said has been heard.
    pub fn is_heard(&self) -> bool {
        self.unheard.is_empty()
    }

    /// The next object; `None` when the connection has ended, or nothing has come for too long.
    pub fn next(&mut self) -> Option<Value> {
        let message = match self.socket.as_mut()?.read() {
            Ok(Message::Text(text)) => text,
            Ok(Message::Ping(_) | Message::Pong(_)) => return self.next(),
            Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                return None;
            }
            _ => {
                self.socket = None;
                return None;
            }
        };
        let object: Value = serde_json::from_str(&message).expect("JSON");
        self.receive(&object);
        Some(object)
    }

    /// Reads whatever comes within this time.
    pub fn read_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self.is_connected() && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            self.be_patient(left.max(Duration::from_millis(1)));
            self.next();
        }
        self.be_patient(DEADLINE);
    }

    /// How long a read may take.
    fn be_patient(&self, time: Duration) {
        if let Some(socket) = &self.socket {
            let limit = socket.get_ref().set_read_timeout(Some(time));
            limit.expect("a time limit");
        }
    }

    /// Reads until this is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        while !is_so(self) {
            let told = self.next();
            assert!(
                told.is_some() || is_so(self),
                "{} waits for {what}",
                self.nick
            );
        }
    }

    fn receive(&mut self, object: &Value) {
        let word = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        match object["kind"].as_str() {
            Some("token") => self.token = word("token"),
            Some("heard") => {
                let heard = object["number"].as_u64().expect("a number");
                self.unheard.retain(|(number, _)| *number > heard);
            }
            Some("welcome") => {
                if word("room") != self.room {
                    self.room = word("room");
                    self.seen = 0;
                    self.said.clear();
                    self.unheard.clear();
                }
                self.nick = word("nick");
                self.told.push(object.clone());
            }
            Some("said") => {
                let id = object["id"].as_u64().expect("a number");
                self.seen = self.seen.max(id);
                self.said
                    .push((id, format!("{}: {}", word("nick"), word("text"))));
            }
            kind => {
                self.seen = self.seen.max(object["id"].as_u64().unwrap_or(0));
                if kind == Some("renamed") && word("from") == self.nick {
                    self.nick = word("to");
                }
                self.told.push(object.clone());
            }
        }
    }
}
