//! Compression: a line is compressed once for all pages that offer that.

use std::io::{Read, Write};
use std::net::TcpStream;

use harness::Server;
use serde_json::{Value, json};
use websocket::deflate::{Deflater, Inflater, Window};
use websocket::{Header, Mask, Opcode, Role, write_fragment};

use crate::page::{self, Page};
use crate::{DEADLINE, start};

/// A page that has offered compression, and what the server has answered to that.
struct Compressing {
    stream: TcpStream,
    inflater: Inflater,
    agreed: Option<String>,
}

impl Compressing {
    #[track_caller]
    fn open(server: &Server, offer: &str) -> Self {
        let address = page::address(server);
        let mut stream = TcpStream::connect(address).expect("the web port");
        stream.set_read_timeout(Some(DEADLINE)).expect("a socket");
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Extensions: {offer}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("the answer");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text");
        let mut lines = head.lines();
        let agreed = lines.find_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: "));
        let mut page = Self {
            stream,
            inflater: Inflater::new(Window::LARGEST),
            agreed: agreed.map(str::to_owned),
        };
        let (welcome, _) = page.next();
        assert_eq!(welcome["kind"], "welcome", "{welcome}");
        page
    }

    /// The next object, and whether it was compressed.
    #[track_caller]
    fn next(&mut self) -> (Value, bool) {
        let mut head = vec![0; 2];
        self.stream.read_exact(&mut head).expect("a frame");
        if head[1] == 126 {
            head.resize(4, 0);
            self.stream.read_exact(&mut head[2..]).expect("its length");
        }
        let compressed = head[0] & 0x40 != 0;
        head[0] &= !0x40;
        let header = Header::parse(&head, Role::Client, 1 << 16).expect("a header");
        let (header, _) = header.expect("all of it");
        assert_eq!(header.opcode, Opcode::Text);
        let length = usize::try_from(header.length).expect("a length");
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).expect("its payload");
        if compressed {
            let mut message = vec![0; 1 << 16];
            self.inflater.reset();
            let inflated = self
                .inflater
                .inflate(&bytes, true, &mut message, |_| Ok(()));
            message.truncate(inflated.expect("compressed data"));
            bytes = message;
        }
        let object = serde_json::from_slice(&bytes).expect("JSON");
        (object, compressed)
    }

    /// Reads up to the next line that is said: its text, and whether it was compressed.
    #[track_caller]
    fn hear(&mut self) -> (String, bool) {
        loop {
            let (object, compressed) = self.next();
            if object["kind"] == "said" {
                return (
                    object["text"].as_str().expect("a text").to_owned(),
                    compressed,
                );
            }
        }
    }

    /// Sends this, compressed.
    fn send(&mut self, message: &[u8]) {
        let (mut payload, mut frame) = (Vec::new(), Vec::new());
        Deflater::new(Window::LARGEST).deflate(message, true, &mut payload);
        let header = Header {
            opcode: Opcode::Text,
            last: true,
            compressed: true,
            mask: Some(Mask::new([1, 2, 3, 4])),
            length: payload.len() as u64,
        };
        write_fragment(&mut frame, header, &payload);
        self.stream.write_all(&frame).expect("it is taken");
    }
}

const OFFER: &str = "permessage-deflate; client_max_window_bits";
const AGREED: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

#[test]
fn a_long_line_is_compressed_for_those_that_have_offered_it_and_a_short_one_for_none() {
    let server = start(&[]);
    let mut compressing = Compressing::open(&server, OFFER);
    assert_eq!(compressing.agreed.as_deref(), Some(AGREED));
    let small = "permessage-deflate; server_max_window_bits=9";
    let mut small = Compressing::open(&server, small);
    let mut plain = Page::open(&server);
    let long = "round and round and round we go ".repeat(20);
    let long = long.trim_end();
    for (line, is_long) in [(long, true), ("short", false), (long, true)] {
        plain.say(line);
        assert_eq!(compressing.hear(), (line.to_owned(), is_long));
        assert_eq!(small.hear(), (line.to_owned(), is_long));
    }
}

#[test]
fn what_a_member_sends_compressed_all_hear() {
    let server = start(&[]);
    let mut talks = Compressing::open(&server, OFFER);
    let mut hears = Compressing::open(&server, OFFER);
    for nth in 0..3 {
        let line = format!("line {nth}, and a little more of it");
        talks.send(json!({ "say": line }).to_string().as_bytes());
        assert_eq!(hears.hear(), (line.clone(), false));
        assert_eq!(talks.hear(), (line, false));
    }
}

#[test]
fn a_bomb_ends_its_member_and_no_other() {
    let server = start(&[]);
    let mut other = Page::open(&server);
    let mut thrower = Compressing::open(&server, OFFER);
    thrower.send(&vec![b' '; 16 << 20]);
    let mut rest = Vec::new();
    // What it has sent and nobody read may end in a reset, after the Close.
    let _ = thrower.stream.read_to_end(&mut rest);
    let code = 1009_u16.to_be_bytes();
    assert!(
        rest.windows(2).any(|bytes| bytes == code),
        "{}",
        rest.escape_ascii()
    );
    while other.next()["kind"] != "left" {}
}

#[test]
fn with_no_deflate_nothing_is_agreed_on() {
    let server = start(&["--no-deflate"]);
    let mut page = Compressing::open(&server, OFFER);
    assert_eq!(page.agreed, None);
    let long = "round and round and round we go ".repeat(20);
    Page::open(&server).say(&long);
    assert_eq!(page.hear(), (long.trim_end().to_owned(), false));
}
