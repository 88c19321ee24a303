//! The server and the client of this chapter, each with the other side of another implementation.

mod program;
mod their_client;
mod their_server;

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any of these takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// A stream with a time limit, whose calls go on where a frozen machine has interrupted them
/// (`signal(7)`).
struct Patient(TcpStream);

impl Patient {
    fn new(stream: TcpStream) -> Self {
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

/// Messages of all lengths at which a header changes, and one that is long.
fn messages() -> Vec<Vec<u8>> {
    let lengths = [0, 1, 125, 126, 65_535, 65_536, 64 * 1024 * 1024];
    let pattern: Vec<u8> = (0..251).collect();
    let message = |length| {
        let mut message = pattern.repeat(length / pattern.len() + 1);
        message.truncate(length);
        message
    };
    lengths.into_iter().map(message).collect()
}
