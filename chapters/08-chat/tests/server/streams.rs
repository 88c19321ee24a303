//! Members who speak at once, in any pieces and at any pace: all hear all lines, in one order.

use std::cell::Cell;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use ch08_chat::{Room, limits};
use harness::Server;
use harness::stream::made_up::{cases, pace, size, try_out};
use harness::stream::{End, Expected, Pace, Step, Stream, converse};
use http::Files;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use reactor::{Limits, Signals, listen};
use serde_json::{Value, json};
use socket2::SockRef;
use websocket::{Handshake, Header, Mask, Opcode, Role, write_frame};

use crate::{DEADLINE, page, start};

/// As many lines as a newcomer may say at once, and fewer bytes than may wait for whoever reads late.
const LINES: usize = 20;
const LENGTH: usize = 900;

/// What one member says.
#[derive(Debug, Clone)]
struct Said {
    port: Port,
    /// The lengths of its lines.
    lines: Vec<usize>,
    pace: Pace,
}

/// Where it says that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Lines,
    /// Behind a WebSocket.
    Web,
}

const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

fn said() -> impl Strategy<Value = Said> {
    let lines = vec(size(LENGTH), 0..=LINES);
    let port = select(&[Port::Lines, Port::Web][..]);
    (port, lines, pace()).prop_map(|(port, lines, pace)| Said { port, lines, pace })
}

/// What one member hears of a conversation.
struct Heard {
    /// What the texts of its lines begin with, so that they aren't taken for earlier ones.
    mark: String,
    /// How many there are.
    lines: usize,
    speaks: Speaks,
    /// What has come of a line or frame whose rest hasn't.
    unfinished: Vec<u8>,
    texts: Vec<String>,
}

/// What its bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaks {
    Lines,
    /// The answer to the handshake; frames follow.
    Http,
    Frames,
}

impl Heard {
    /// Takes a line or frame from what has come, if there is one; its text.
    fn next(&mut self) -> Option<String> {
        let bytes = &self.unfinished;
        let (skip, end) = match self.speaks {
            Speaks::Lines => (0, bytes.iter().position(|&byte| byte == b'\n')? + 1),
            Speaks::Http => (
                0,
                bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4,
            ),
            Speaks::Frames => {
                let header = Header::parse(bytes, Role::Client, u64::MAX).expect("a header");
                let (header, length) = header?;
                (
                    length,
                    length + usize::try_from(header.length).expect("a length"),
                )
            }
        };
        let text = String::from_utf8_lossy(bytes.get(skip..end)?).into_owned();
        self.unfinished.drain(..end);
        Some(text)
    }

    fn hear(&mut self, text: &str) -> Result<(), String> {
        let said = match self.speaks {
            Speaks::Http => {
                self.speaks = Speaks::Frames;
                return Ok(());
            }
            Speaks::Lines if text.starts_with('!') => return Err(format!("it is told {text:?}")),
            Speaks::Lines => {
                let line = text.trim_end().strip_prefix('<');
                line.and_then(|rest| rest.split_once("> ").map(|(_, text)| text.to_owned()))
            }
            Speaks::Frames => {
                let object: Value =
                    serde_json::from_str(text).map_err(|error| error.to_string())?;
                if object["kind"] == "refused" {
                    return Err(format!("it is told {text:?}"));
                }
                object["text"].as_str().map(str::to_owned)
            }
        };
        self.texts
            .extend(said.filter(|text| text.starts_with(&self.mark)));
        Ok(())
    }
}

impl Expected for Heard {
    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.unfinished.extend_from_slice(bytes);
        while let Some(text) = self.next() {
            self.hear(&text)?;
        }
        if self.texts.len() > self.lines {
            return Err(format!("{} lines of {}", self.texts.len(), self.lines));
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.texts.len() == self.lines
    }

    fn progress(&self) -> String {
        format!("{} of {} lines", self.texts.len(), self.lines)
    }
}

impl Said {
    /// The texts of its lines.
    fn texts(&self, mark: &str, number: usize) -> Vec<String> {
        let text = |(nth, length): (usize, &usize)| {
            format!("{mark} {number} {nth} {}", "x".repeat(*length))
        };
        self.lines.iter().enumerate().map(text).collect()
    }

    /// What it sends to say these texts, and hears where there are so many `lines` in all.
    fn stream(
        mut self,
        texts: &[String],
        mark: &str,
        lines: usize,
        web: SocketAddr,
    ) -> Stream<Heard> {
        let (speaks, to) = match self.port {
            Port::Lines => (Speaks::Lines, None),
            Port::Web => (Speaks::Http, Some(web)),
        };
        let mut sent = Vec::new();
        // First all of them come in.
        let comes = match self.port {
            Port::Lines => Step::UntilAsleep,
            Port::Web => {
                sent.extend(HANDSHAKE.bytes());
                Step::Send(HANDSHAKE.len())
            }
        };
        self.pace.steps.splice(0..0, [comes, Step::UntilAsleep]);
        for text in texts {
            match self.port {
                Port::Lines => sent.extend(format!("{text}\n").bytes()),
                Port::Web => {
                    let object = json!({ "say": text }).to_string();
                    let key = Some(Mask::new([1, 2, 3, 4]));
                    write_frame(&mut sent, Opcode::Text, key, object.as_bytes());
                }
            }
        }
        Stream {
            sent,
            expected: Heard {
                mark: mark.to_owned(),
                lines,
                speaks,
                unfinished: Vec::new(),
                texts: Vec::new(),
            },
            end: End::Open,
            pace: self.pace,
            to,
        }
    }
}

#[track_caller]
fn all_hear_the_same(server: &Server, web: SocketAddr, number: u32) {
    let conversations = Cell::new(0);
    try_out(file!(), number, &vec(said(), 1..6), |members| {
        conversations.set(conversations.get() + 1);
        let mark = format!("in {}:", conversations.get());
        let numbered = members.iter().zip(0..);
        let said: Vec<_> = numbered
            .map(|(member, number)| member.texts(&mark, number))
            .collect();
        let lines = said.iter().map(Vec::len).sum();
        let streams = members.into_iter().zip(&said);
        let streams = streams.map(|(member, texts)| member.stream(texts, &mark, lines, web));
        let heard = converse(server, streams.collect())?;
        for (number, member) in heard.iter().enumerate() {
            if member.texts != heard[0].texts {
                return Err(format!("member {number} hears another order than member 0"));
            }
        }
        for (number, said) in said.iter().enumerate() {
            let by = format!("{mark} {number} ");
            let heard = heard[0].texts.iter().filter(|text| text.starts_with(&by));
            if !heard.eq(said) {
                return Err(format!(
                    "the lines of member {number} come in another order"
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn all_hear_the_same_whoever_speaks_in_whatever_pieces() {
    let server = start(&["--room-pace", "1000000"]); // its model knows nothing of other speakers
    let web = page::address(&server);
    all_hear_the_same(&server, web, cases().div_ceil(2));
}

/// A turn may read and write little, and the sockets hold little.
#[test]
fn all_hear_the_same_within_small_limits() {
    let server = Server::answer(|lines: TcpListener| {
        let web = listen("127.0.0.1:0".parse().unwrap(), 64).unwrap();
        let address = web.local_addr().unwrap();
        writeln!(io::stdout(), "page at http://{address}/").unwrap(); // println would be captured
        for listener in [&lines, &web] {
            // Those that it accepts have the same (socket(7), tcp(7)).
            let socket = SockRef::from(listener);
            socket.set_send_buffer_size(8 * 1024).unwrap();
            socket.set_recv_buffer_size(8 * 1024).unwrap();
            socket.set_tcp_mss(1448).unwrap(); // loopback's 64 KiB would fill them at once
        }
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
        let files = Files::open(Path::new(site)).unwrap();
        let handshake = Handshake::default();
        let room = Room::new("small");
        let mut server = ch08_chat::Server::new(room, files, handshake, Duration::from_mins(10));
        server.set_pace(1_000_000);
        let limits = Limits {
            read: 64,
            reads: 2,
            input: 4096,
            write: 200,
            ..limits()
        };
        let signals = Signals::block().unwrap();
        server.run([lines, web], signals, limits).unwrap();
    })
    .with_deadline(DEADLINE);
    let web = page::address(&server);
    all_hear_the_same(&server, web, cases().div_ceil(2));
}
