//! A client's side, byte by byte: what it sends, and what it expects.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;

use ch07_websocket::{
    Close, CloseCode, Header, Mask, Opcode, Role, write_close, write_fragment, write_frame,
};
use harness::{Client, Server};
use reactor::Buffer;

/// A handshake with `fields` besides those that it has to have.
pub fn request(fields: &str) -> Vec<u8> {
    format!(
        "GET /ws HTTP/1.1\r\n\
         Host: localhost\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n{fields}\r\n"
    )
    .into_bytes()
}

/// The answer to that.
pub const SWITCHING: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A client behind its handshake.
#[track_caller]
pub fn connect(server: &Server) -> Client {
    shake_hands(server.client())
}

#[track_caller]
pub fn shake_hands(mut client: Client) -> Client {
    client.send(&request(""));
    client.expect(SWITCHING);
    client
}

const MASK: Mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);

/// A frame from a client.
pub fn masked(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, opcode, Some(MASK), payload);
    out
}

/// A frame from a client that others follow.
pub fn fragment(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let header = Header {
        opcode,
        last: false,
        compressed: false,
        mask: Some(MASK),
        length: payload.len() as u64,
    };
    let mut out = Vec::new();
    write_fragment(&mut out, header, payload);
    out
}

/// A frame from the server.
pub fn plain(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, opcode, None, payload);
    out
}

/// A Close from a client.
pub fn masked_close(close: Close<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_close(&mut out, Some(MASK), close);
    out
}

/// Expects a Close with this code and any reason, and then the end.
#[track_caller]
pub fn expect_close(client: &mut Client, code: CloseCode) {
    let received = client.read_to_end();
    let shown = received.escape_ascii();
    let [0x88, length, high, low, reason @ ..] = &received[..] else {
        panic!("expected a Close with {code}, received {shown}");
    };
    let number = u16::from_be_bytes([*high, *low]);
    assert_eq!(number, code.number(), "in {shown}");
    assert_eq!(usize::from(*length), 2 + reason.len(), "in {shown}");
}

/// Whether the server still serves: it echoes for this client.
#[track_caller]
pub fn expect_echo(client: &mut Client, text: &str) {
    client.send(&masked(Opcode::Text, text.as_bytes()));
    client.expect(&plain(Opcode::Text, text.as_bytes()));
}

/// Reads a message whose bytes are all `m`: how many there are, and in how many frames.
pub fn read_message(mut stream: &TcpStream) -> (usize, usize) {
    let (mut input, mut bytes) = (Buffer::new(), vec![0; 64 * 1024]);
    let (mut left, mut length, mut frames, mut last) = (0, 0, 0, false);
    loop {
        let count = match stream.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue, // a frozen machine
            result => result.expect("more of the message"),
        };
        assert!(count > 0, "the end, after {length} bytes");
        input.extend(&bytes[..count]);
        loop {
            let payload = left.min(input.len());
            assert!(input.take(payload).iter().all(|&byte| byte == b'm'));
            left -= payload;
            length += payload;
            if left > 0 {
                break;
            } else if last {
                return (length, frames);
            }
            let header = Header::parse(&input, Role::Client, u64::MAX).expect("a header");
            let Some((header, used)) = header else { break };
            assert!(!header.opcode.is_control(), "{header:?} within a message");
            assert_eq!(frames > 0, header.opcode == Opcode::Continuation);
            input.consume(used);
            frames += 1;
            left = usize::try_from(header.length).expect("a length");
            last = header.last;
        }
    }
}
