//! A member behind a WebSocket, by another implementation of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use harness::Server;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::{DEADLINE, wait_until};

/// Where pages are.
pub fn address(server: &Server) -> SocketAddr {
    let page = || {
        let stdout = server.stdout();
        let mut lines = stdout.lines();
        let url = lines.find_map(|line| line.strip_prefix("page at http://"))?;
        url.strip_suffix('/')?.parse().ok()
    };
    wait_until("the server tells of its page", || page().is_some());
    page().expect("an address")
}

/// A member.
pub struct Page {
    pub socket: WebSocket<Patient>,
    /// What it was welcomed with.
    pub welcome: Value,
}

impl Page {
    #[track_caller]
    pub fn open(server: &Server) -> Self {
        let address = address(server);
        let stream = Patient::connect(address);
        let opened = tungstenite::client(format!("ws://{address}/ws"), stream);
        let (socket, _) = opened.unwrap_or_else(|error| panic!("no WebSocket: {error}"));
        let mut page = Self {
            socket,
            welcome: Value::Null,
        };
        page.welcome = page.next();
        assert_eq!(page.welcome["kind"], "welcome", "{}", page.welcome);
        page
    }

    /// Says what one would type.
    #[track_caller]
    pub fn say(&mut self, line: &str) {
        self.send(&json!({ "say": line }).to_string());
    }

    #[track_caller]
    pub fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).expect("it is taken");
    }

    /// The next object.
    #[track_caller]
    pub fn next(&mut self) -> Value {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).expect("JSON"),
                Ok(Message::Ping(_)) => {} // it is answered with the next read
                other => panic!("an object, not {other:?}"),
            }
        }
    }

    /// Expects this object next.
    #[track_caller]
    pub fn hear(&mut self, object: &Value) {
        assert_eq!(&self.next(), object);
    }

    /// Expects this object next, with any number.
    #[track_caller]
    pub fn hear_news(&mut self, object: &Value) {
        let mut next = self.next();
        let id = next.as_object_mut().and_then(|next| next.remove("id"));
        assert!(
            id.is_some_and(|id| id.is_u64()),
            "public events are numbered: {next}"
        );
        assert_eq!(&next, object);
    }

    /// The code and the reason of the Close that comes after any other messages.
    #[track_caller]
    pub fn close(&mut self) -> (u16, String) {
        loop {
            match self.socket.read() {
                Ok(Message::Close(Some(close))) => {
                    return (close.code.into(), close.reason.to_string());
                }
                Ok(_) => {}
                Err(error) => panic!("a Close, not {error}"),
            }
        }
    }
}

/// A stream with a time limit, whose calls go on where a frozen machine has interrupted them
/// (`signal(7)`).
#[derive(Debug)]
pub struct Patient(pub TcpStream);

impl Patient {
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the web port");
        stream.set_read_timeout(Some(DEADLINE)).expect("a socket");
        stream.set_write_timeout(Some(DEADLINE)).expect("a socket");
        Self(stream)
    }
}

fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| self.0.read(buffer))
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        uninterrupted(|| self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
