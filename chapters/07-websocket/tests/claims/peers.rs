//! Another implementation, which is asked for its opinion.

use std::io::{self, Read, Write};

use tungstenite::protocol::{Role, WebSocket};
use tungstenite::{Error, Message};

/// A peer that has said all it has to say, and what it has been sent.
struct Recorded<'a> {
    said: &'a [u8],
    heard: Vec<u8>,
}

impl Read for Recorded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.said.read(buffer)
    }
}

impl Write for Recorded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn socket(said: &[u8], role: Role) -> WebSocket<Recorded<'_>> {
    let heard = Vec::new();
    WebSocket::from_raw_socket(Recorded { said, heard }, role, None)
}

/// What another implementation's client makes of the first message that a server sends.
pub fn first_read_by_a_client(said: &[u8]) -> Result<Message, Error> {
    socket(said, Role::Client).read()
}

/// The frames in which another implementation's client sends these messages.
pub fn sent_by_a_client(messages: &[Message]) -> Vec<u8> {
    let mut socket = socket(b"", Role::Client);
    for message in messages {
        socket.send(message.clone()).unwrap();
    }
    socket.get_ref().heard.clone()
}
