//! The states that a stranger can bring a connection into.

use websocket::{Header, Mask, Opcode, write_frame};

/// At which port of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The first that it tells of.
    First,
    /// Chapter 08's page and WebSocket.
    Web,
}

/// What the stranger does with what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    All,
    Nothing,
}

/// Whether the stranger stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// Until the end, and comes again if it is put out.
    Yes,
    /// It resets the connection at once, and connects anew.
    No,
}

/// A state, and how to get there.
#[derive(Debug)]
pub struct State {
    pub chapter: u8,
    pub name: &'static str,
    pub door: Door,
    /// What is sent first; so many bytes of it at once as the server takes.
    pub first: Vec<u8>,
    /// What is sent again and again after that, as far as the server takes it.
    pub again: Vec<u8>,
    pub reads: Reads,
    pub stays: Stays,
    /// How many do, if fewer than asked for.
    pub most: Option<u16>,
}

const MASK: Mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);

impl State {
    /// All of them.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn all() -> Vec<Self> {
        let host = "Host: localhost\r\n";
        let long = format!("A: {}\r\n", "a".repeat(7000)).repeat(4);
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\n{host}\r\n");
        let body = |target: &str, length: usize| {
            let head = format!("POST {target} HTTP/1.1\r\n{host}Content-Length: {length}\r\n\r\n");
            [head.into_bytes(), vec![b'x'; length - 1]].concat()
        };
        let shake = |target: &str| {
            let key =
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
            let head = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
            format!("GET {target} HTTP/1.1\r\n{head}{host}{key}\r\n").into_bytes()
        };
        let begun = |bytes: usize| {
            let header = Header {
                compressed: false,
                opcode: Opcode::Binary,
                last: false,
                mask: Some(MASK),
                length: bytes as u64,
            };
            [shake("/ws"), header.encode().to_vec(), vec![b'x'; bytes]].concat()
        };
        let text_begun = |bytes: usize| {
            let header = Header {
                compressed: false,
                opcode: Opcode::Text,
                last: false,
                mask: Some(Mask::new([0; 4])),
                length: bytes as u64,
            };
            [shake("/ws"), header.encode().to_vec(), vec![b'x'; bytes]].concat()
        };
        let header = |opcode, last, length| {
            let mask = Some(MASK);
            let header = Header {
                compressed: false,
                opcode,
                last,
                mask,
                length,
            };
            header.encode().to_vec()
        };
        let endless = header(Opcode::Binary, true, 60 << 20);
        let empty = [
            header(Opcode::Text, false, 0),
            header(Opcode::Continuation, false, 0),
        ]
        .concat();
        let mut ping = Vec::new();
        write_frame(&mut ping, Opcode::Ping, Some(MASK), &[b'x'; 125]);
        let mut message = Vec::new();
        write_frame(&mut message, Opcode::Binary, Some(MASK), &[b'x'; 8000]);
        let line = format!("{}\n", "x".repeat(999));
        let range = format!("GET /big HTTP/1.1\r\n{host}Range: bytes=0-0\r\n\r\n");
        vec![
            Self::new(5, "silent", b""),
            Self::new(5, "a line without an end", vec![b'x'; 60_000]),
            Self::new(5, "answers are not read", b"")
                .again(line.repeat(16))
                .deaf(),
            Self::new(6, "silent", b""),
            Self::new(6, "half a head", format!("GET / HTTP/1.1\r\n{host}{long}")),
            Self::new(
                6,
                "a head without an end",
                format!("GET / HTTP/1.1\r\n{host}"),
            )
            .again("A: b\r\n"),
            Self::new(6, "connections come and go", b"").most(50).goes(),
            Self::new(6, "half a body, 1 MiB", body("/echo", 1 << 20)),
            Self::new(6, "half a body that no route takes", body("/", 1 << 20)),
            Self::new(
                6,
                "an answer comes later, to a long head",
                format!("GET /later HTTP/1.1\r\n{host}{long}\r\n"),
            ),
            Self::new(6, "small answers are not read", b"")
                .again(get("/small").repeat(50))
                .deaf(),
            Self::new(6, "a long file is not read", b"")
                .again(get("/big"))
                .deaf()
                .most(300),
            Self::new(6, "one-byte parts are not read", get("/big"))
                .again(range.repeat(50))
                .deaf(),
            Self::new(7, "silent after the handshake", shake("/ws")),
            Self::new(7, "half a message, 127 KiB", begun(127 * 1024)),
            Self::new(7, "half a handshake", b"GET /ws HTTP/1.1\r\nUpgrade: web").again(b""),
            Self::new(
                7,
                "a length of 2^63",
                [shake("/ws"), b"\x82\xff\x80\0\0\0\0\0\0\0abcd".to_vec()].concat(),
            ),
            Self::new(
                7,
                "a message without an end",
                [shake("/ws"), endless].concat(),
            )
            .again([b'x'; 8192]),
            Self::new(7, "a flood of Pings", shake("/ws")).again(ping.repeat(50)),
            Self::new(
                7,
                "empty fragments without an end",
                [shake("/ws"), empty[..6].to_vec()].concat(),
            )
            .again(empty[6..].repeat(1000)),
            Self::new(7, "half a body for the login", body("/login/look", 1 << 20)),
            Self::new(7, "half a body for /ws", body("/ws", 1 << 20)),
            Self::new(7, "echoes are not read", shake("/ws"))
                .again(message)
                .deaf(),
            Self::new(7, "news are not read", get("/events")).deaf(),
            Self::new(7, "a login waits", shake("/ws/login")),
            Self::new(7, "logins come and go", shake("/ws/login"))
                .most(50)
                .goes(),
            Self::new(8, "a silent member", b""),
            Self::new(8, "a line without an end", [b'x'; 900]),
            Self::new(8, "half a body for /ws", body("/ws", 1 << 20)).web(),
            Self::new(8, "half a message of a page", text_begun(3500)).web(),
            Self::new(8, "members come and go", b"").most(50).goes(),
            Self::new(8, "fifty speak, the others are deaf", b"")
                .again(line)
                .deaf(),
        ]
    }

    fn new(chapter: u8, name: &'static str, first: impl AsRef<[u8]>) -> Self {
        Self {
            chapter,
            name,
            door: Door::First,
            first: first.as_ref().to_vec(),
            again: Vec::new(),
            reads: Reads::All,
            stays: Stays::Yes,
            most: None,
        }
    }

    fn again(self, again: impl AsRef<[u8]>) -> Self {
        Self {
            again: again.as_ref().to_vec(),
            ..self
        }
    }

    fn deaf(self) -> Self {
        Self {
            reads: Reads::Nothing,
            ..self
        }
    }

    fn goes(self) -> Self {
        Self {
            stays: Stays::No,
            ..self
        }
    }

    fn web(self) -> Self {
        Self {
            door: Door::Web,
            ..self
        }
    }

    fn most(self, most: u16) -> Self {
        Self {
            most: Some(most),
            ..self
        }
    }

    /// How many of `count` say something again: in a room where all hear all, fifty are enough.
    pub fn speakers(&self, count: usize) -> usize {
        if self.chapter == 8 {
            count.min(50)
        } else {
            count
        }
    }
}
