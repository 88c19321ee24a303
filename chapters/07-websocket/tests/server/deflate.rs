//! Messages that are compressed, from a client's side.

use std::io::Read;

use ch07_websocket::deflate::{Deflater, Inflater, Window};
use ch07_websocket::{CloseCode, Header, Mask, Opcode, Role, write_fragment};
use harness::{Client, Server};

use crate::socket::{connect, expect_close, expect_echo, masked, plain, request};
use crate::start;

/// The answer to an offer, with what is agreed on.
fn switching(agreed: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
         {agreed}\r\n"
    )
    .into_bytes()
}

const TAKEOVER: &str = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
const NO_TAKEOVER: &str = "Sec-WebSocket-Extensions: permessage-deflate; \
     server_no_context_takeover; client_no_context_takeover\r\n";

/// A client that offers what browsers do, after this answer.
#[track_caller]
fn offering(server: &Server, agreed: &str) -> Client {
    let mut client = server.client();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    client.exchange(&request(offer), &switching(agreed));
    client
}

/// A frame from a client, of a compressed message.
fn compressed(opcode: Opcode, last: bool, payload: &[u8]) -> Vec<u8> {
    let header = Header {
        opcode,
        last,
        compressed: opcode != Opcode::Continuation,
        mask: Some(Mask::new([1, 2, 3, 4])),
        length: payload.len() as u64,
    };
    let mut out = Vec::new();
    write_fragment(&mut out, header, payload);
    out
}

fn deflated(deflater: &mut Deflater, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    deflater.deflate(message, true, &mut out);
    out
}

/// The next bytes from the server, as many.
#[track_caller]
fn read(client: &mut Client, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    client.stream().read_exact(&mut bytes).expect("more bytes");
    bytes
}

/// The head of the server's answer.
#[track_caller]
fn head(client: &mut Client) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(read(client, 1));
    }
    head
}

/// A message, and the bytes that its frames took.
struct Received {
    message: Vec<u8>,
    compressed: bool,
    payload: usize,
}

/// Reads the server's next message.
#[track_caller]
fn receive(client: &mut Client, inflater: &mut Inflater) -> Received {
    let (mut message, mut payload, mut piece) = (Vec::new(), 0, vec![0; 16 * 1024]);
    let mut first = None;
    loop {
        let mut head = read(client, 2);
        let more = match head[1] {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        head.extend(read(client, more));
        // Whether RSV1 may be set is what this asks; what is refused otherwise is another test's.
        let rsv1 = head[0] & 0x40 != 0;
        assert!(!rsv1 || first.is_none(), "RSV1 within a message");
        head[0] &= !0x40;
        let parsed = Header::parse(&head, Role::Client, u64::MAX).expect("a header");
        let (header, _) = parsed.expect("all of it");
        assert!(!header.opcode.is_control(), "{header:?}");
        assert_eq!(first.is_some(), header.opcode == Opcode::Continuation);
        let is_compressed = *first.get_or_insert(rsv1);
        let bytes = read(client, usize::try_from(header.length).expect("a length"));
        payload += bytes.len();
        if is_compressed {
            let filled = inflater.inflate(&bytes, header.last, &mut piece, |bytes| {
                message.extend_from_slice(bytes);
                Ok(())
            });
            message.extend_from_slice(&piece[..filled.expect("compressed data")]);
        } else {
            message.extend(bytes);
        }
        if header.last {
            return Received {
                message,
                compressed: is_compressed,
                payload,
            };
        }
    }
}

/// Sends `message` compressed, and expects it back.
#[track_caller]
fn expect_back(
    client: &mut Client,
    deflater: &mut Deflater,
    inflater: &mut Inflater,
    message: &[u8],
) -> Received {
    client.send(&compressed(
        Opcode::Text,
        true,
        &deflated(deflater, message),
    ));
    let received = receive(client, inflater);
    assert!(received.message == message, "another message than was sent");
    received
}

const LINE: &[u8] = b"{\"type\":\"said\",\"id\":4711,\"nick\":\"alice\",\"text\":\"Who of you is here today? It's quiet.\",\"time\":1764547200}";

#[test]
fn a_message_comes_back_compressed_and_the_next_one_refers_to_it() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    let (mut deflater, mut inflater) = (
        Deflater::new(Window::LARGEST),
        Inflater::new(Window::LARGEST),
    );
    let first = expect_back(&mut client, &mut deflater, &mut inflater, LINE);
    let second = expect_back(&mut client, &mut deflater, &mut inflater, LINE);
    assert!(first.compressed && second.compressed);
    assert!(
        second.payload < 10,
        "{} bytes for the same line",
        second.payload
    );
}

#[test]
fn messages_that_are_not_compressed_may_stand_between() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    let (mut deflater, mut inflater) = (
        Deflater::new(Window::LARGEST),
        Inflater::new(Window::LARGEST),
    );
    for _ in 0..3 {
        expect_back(&mut client, &mut deflater, &mut inflater, LINE);
        client.send(&masked(Opcode::Text, b"short"));
        client.expect(&plain(Opcode::Text, b"short"));
    }
}

#[test]
fn without_memory_for_windows_each_message_begins_anew() {
    let server = start(&["--deflate-memory", "0"]);
    let mut client = offering(&server, NO_TAKEOVER);
    let (mut deflater, mut inflater) = (
        Deflater::new(Window::LARGEST),
        Inflater::new(Window::LARGEST),
    );
    let text = LINE.repeat(4);
    for _ in 0..3 {
        deflater.reset();
        inflater.reset();
        let back = expect_back(&mut client, &mut deflater, &mut inflater, &text);
        assert!(
            back.compressed && back.payload > 80,
            "{} bytes",
            back.payload
        );
    }
}

#[test]
fn so_many_connections_have_windows_and_one_that_goes_makes_room() {
    let server = start(&["--deflate-memory", "900K"]);
    let first = offering(&server, TAKEOVER);
    let _second = offering(&server, TAKEOVER);
    let mut third = offering(&server, NO_TAKEOVER);
    drop(first);
    // The server has seen its end once it has answered what came after that.
    expect_echo(&mut third, "and?");
    crate::wait_until("a window is free", || {
        let mut client = server.client();
        client.send(&request("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        let length = switching(TAKEOVER).len();
        read(&mut client, length) == switching(TAKEOVER)
    });
}

#[test]
fn without_an_offer_or_with_no_deflate_nothing_is_compressed() {
    let server = start(&["--no-deflate"]);
    let mut client = offering(&server, "");
    expect_echo(&mut client, "Hello");
    client.send(&compressed(
        Opcode::Text,
        true,
        b"\xf2\x48\xcd\xc9\xc9\x07\x00",
    ));
    expect_close(&mut client, CloseCode::PROTOCOL_ERROR);
    let server = start(&[]);
    let mut client = connect(&server);
    client.send(&compressed(
        Opcode::Text,
        true,
        b"\xf2\x48\xcd\xc9\xc9\x07\x00",
    ));
    expect_close(&mut client, CloseCode::PROTOCOL_ERROR);
}

#[test]
fn an_offer_that_cannot_be_read_is_refused() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&request(
        "Sec-WebSocket-Extensions: permessage-deflate;;\r\n",
    ));
    let answer = head(&mut client);
    assert!(
        answer.starts_with(b"HTTP/1.1 400 "),
        "{}",
        answer.escape_ascii()
    );
}

/// The codes of a login are secrets: they are never compressed together with what a stranger may choose.
#[test]
fn the_login_is_not_compressed() {
    let server = start(&[]);
    for path in ["/ws/login", "/ws/broadcast-time"] {
        let mut client = server.client();
        let text = String::from_utf8(request("Sec-WebSocket-Extensions: permessage-deflate\r\n"))
            .expect("text");
        client.send(text.replace("/ws", path).as_bytes());
        let answer = head(&mut client);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(!answer.contains("Extensions"), "{answer}");
    }
}

#[test]
fn fragments_have_rsv1_on_the_first_and_control_frames_between() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    let bytes = deflated(&mut Deflater::new(Window::LARGEST), LINE);
    let (first, rest) = bytes.split_at(10);
    client.send(&compressed(Opcode::Text, false, first));
    client.send(&masked(Opcode::Ping, b"between"));
    client.expect(&plain(Opcode::Pong, b"between"));
    client.send(&compressed(Opcode::Continuation, false, &rest[..1]));
    client.send(&compressed(Opcode::Continuation, false, b""));
    client.send(&compressed(Opcode::Continuation, true, &rest[1..]));
    let back = receive(&mut client, &mut Inflater::new(Window::LARGEST));
    assert!(back.message == LINE);
}

#[test]
fn rsv1_is_refused_where_no_message_begins() {
    let server = start(&[]);
    for frame in [
        &b"\xc9\x80\0\0\0\0"[..], // a Ping
        b"\xc0\x80\0\0\0\0",      // a continuation
        b"\xa1\x80\0\0\0\0",      // RSV2
        b"\x91\x80\0\0\0\0",      // RSV3
    ] {
        let mut client = offering(&server, TAKEOVER);
        client.send(frame);
        expect_close(&mut client, CloseCode::PROTOCOL_ERROR);
    }
}

#[test]
fn damaged_data_ends_its_connection_with_1007() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    client.send(&compressed(Opcode::Text, true, b"\xff\xff\xff\xff"));
    expect_close(&mut client, CloseCode::INVALID_DATA);
    let mut client = offering(&server, TAKEOVER);
    let bytes = deflated(&mut Deflater::new(Window::LARGEST), b"caf\xc3 is no text");
    client.send(&compressed(Opcode::Text, true, &bytes));
    expect_close(&mut client, CloseCode::INVALID_DATA);
}

/// 16 MiB of zeros in 16 KiB.
fn bomb() -> Vec<u8> {
    deflated(&mut Deflater::new(Window::LARGEST), &vec![0; 16 << 20])
}

#[test]
fn a_bomb_ends_with_1009_whether_in_one_frame_or_in_fragments() {
    let server = start(&["--max-message", "100000"]);
    let bomb = bomb();
    for kept in [TAKEOVER, NO_TAKEOVER] {
        let server = match kept {
            TAKEOVER => &server,
            _ => &start(&["--max-message", "100000", "--deflate-memory", "0"]),
        };
        let mut client = offering(server, kept);
        client.send(&compressed(Opcode::Binary, true, &bomb));
        expect_close(&mut client, CloseCode::TOO_BIG);
        let mut client = offering(server, kept);
        let mut opcode = Opcode::Binary;
        let mut frames = Vec::new();
        for fragment in bomb.chunks(100) {
            frames.extend(compressed(opcode, false, fragment));
            opcode = Opcode::Continuation;
        }
        client.send(&frames[..20_000]);
        expect_close(&mut client, CloseCode::TOO_BIG);
    }
}

#[test]
fn bombs_that_are_allowed_come_back_and_hold_up_no_other_client() {
    let server = start(&[]);
    let bomb = compressed(Opcode::Binary, true, &bomb());
    let mut other = connect(&server);
    let mut throwers: Vec<Client> = (0..4).map(|_| offering(&server, TAKEOVER)).collect();
    for thrower in &mut throwers {
        thrower.send(&bomb);
    }
    for _ in 0..20 {
        expect_echo(&mut other, "still served?");
    }
    for thrower in &mut throwers {
        let back = receive(thrower, &mut Inflater::new(Window::LARGEST));
        assert_eq!(back.message.len(), 16 << 20);
        assert!(back.message.iter().all(|&byte| byte == 0));
        assert!(back.payload < 1 << 20, "{} bytes", back.payload);
    }
    let peak = peak_memory(&server);
    assert!(peak < 120 << 20, "{peak} bytes for 64 MiB of messages");
}

/// The most that the server has ever held, in bytes.
fn peak_memory(server: &Server) -> usize {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .map(str::trim);
    kilobytes
        .and_then(|number| number.parse::<usize>().ok())
        .expect("a number")
        * 1024
}

#[test]
fn a_client_that_has_finished_sending_gets_all_of_a_long_answer() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    client.send(&compressed(Opcode::Binary, true, &bomb()));
    client.finish_sending();
    let back = receive(&mut client, &mut Inflater::new(Window::LARGEST));
    assert_eq!(back.message.len(), 16 << 20);
    assert_eq!(client.read_to_end(), b"");
}

#[test]
fn what_cannot_be_compressed_comes_back_as_it_is() {
    let server = start(&[]);
    let mut client = offering(&server, TAKEOVER);
    let (mut deflater, mut inflater) = (
        Deflater::new(Window::LARGEST),
        Inflater::new(Window::LARGEST),
    );
    let mut state = 1_u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[2]
    })
    .take(300_000)
    .collect();
    for length in [400, 1000, 20_000, 300_000] {
        client.send(&compressed(
            Opcode::Binary,
            true,
            &deflated(&mut deflater, &random[..length]),
        ));
        let back = receive(&mut client, &mut inflater);
        assert!(
            back.message == random[..length] && !back.compressed,
            "{length}"
        );
        expect_back(&mut client, &mut deflater, &mut inflater, LINE);
    }
}

/// Its own output holds it up, and nothing else: neither memory nor the processor.
#[test]
fn a_thrower_of_bombs_that_reads_nothing_is_left_alone() {
    let server = start(&["--heartbeat", "0"]);
    let bomb = compressed(Opcode::Binary, true, &bomb());
    let mut throwers: Vec<Client> = (0..8).map(|_| offering(&server, TAKEOVER)).collect();
    for thrower in &mut throwers {
        // 256 MiB of messages, compressed once more on their way back.
        thrower.send(&bomb.repeat(2));
    }
    server.expect_undisturbed_sleep();
    let peak = peak_memory(&server);
    assert!(peak < 160 << 20, "{peak} bytes for what nobody reads");
    expect_echo(&mut connect(&server), "still served?");
    let mut inflater = Inflater::new(Window::LARGEST);
    for _ in 0..2 {
        let back = receive(&mut throwers[0], &mut inflater);
        assert_eq!(back.message.len(), 16 << 20);
    }
}
