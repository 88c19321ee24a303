//! Another implementation reads the same bytes: both understand the same.

use std::io::{self, Read, Write};

use ch07_websocket::{Error, Kind, Limits, Role};
use tungstenite::Message;
use tungstenite::protocol::{self, WebSocket, WebSocketConfig};

use crate::checks::{Reading, Said, read};

/// A peer that has said all it has to say, and hears nothing.
struct Recorded<'a>(&'a [u8]);

impl Read for Recorded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Recorded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the other one understands, until there is no more or something is wrong.
fn read_by_another(input: &[u8], role: Role) -> Vec<Said> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(input.len()))
        .max_message_size(Some(input.len()));
    let role = match role {
        Role::Client => protocol::Role::Client,
        Role::Server => protocol::Role::Server,
    };
    let mut socket = WebSocket::from_raw_socket(Recorded(input), role, Some(config));
    let mut said = Vec::new();
    while let Ok(message) = socket.read() {
        said.push(match message {
            Message::Text(text) => Said::Message(Kind::Text, text.as_bytes().to_vec()),
            Message::Binary(bytes) => Said::Message(Kind::Binary, bytes.to_vec()),
            Message::Ping(bytes) => Said::Ping(bytes.to_vec()),
            Message::Pong(bytes) => Said::Pong(bytes.to_vec()),
            Message::Close(None) => Said::Close(None, String::new()),
            Message::Close(Some(frame)) => {
                Said::Close(Some(frame.code.into()), frame.reason.to_string())
            }
            Message::Frame(frame) => panic!("nobody asked for {frame:?}"),
        });
    }
    said
}

/// Reads `input` once more with the other implementation.
///
/// It takes lengths that aren't in their shortest form, of control frames too; it doesn't know of
/// close code 1014; and where a code must not be sent it makes a Close of its own.
pub fn second_opinion(input: &[u8]) {
    for role in [Role::Server, Role::Client] {
        let Reading { mut said, error } = read(input, &[input.len()], role, &Limits::default());
        let mut other = read_by_another(input, role);
        if let Some(Error::LengthNotShortest | Error::ControlTooLong | Error::CloseCode) = error {
            other.truncate(said.len());
        }
        if let Some(Said::Close(Some(1014), _)) = said.last() {
            said.pop();
            other.truncate(said.len());
        }
        assert_eq!(other, said, "{error:?}: {}", input.escape_ascii());
    }
}
