//! One hostile client.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::kind::{HANDSHAKE, Kind, Reads};

/// A connection that does what its kind does.
pub struct Hostile {
    stream: TcpStream,
    /// How far it is with what it says again and again.
    at: usize,
}

impl Hostile {
    /// Says what its kind says first.
    pub fn connect(address: SocketAddr, kind: &Kind) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if kind.reads == Reads::Nothing {
            // With the segments of the loopback device, 64 KiB, the kernel would keep megabytes
            // that are unread.
            socket.set_recv_buffer_size(1)?;
            socket.set_tcp_mss(1460)?;
        }
        socket.set_linger(Some(Duration::ZERO))?; // no port has to wait for a minute (TIME-WAIT)
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.connect(&address.into())?;
        let mut stream = TcpStream::from(socket);
        if kind.shakes_hands {
            stream.write_all(HANDSHAKE)?;
            let (mut answer, mut byte) = (Vec::new(), [0]);
            while !answer.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte)?;
                answer.push(byte[0]);
            }
        }
        stream.write_all(&kind.first)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, at: 0 })
    }

    /// Says and reads as much as it can without waiting; an error if it was thrown out.
    pub fn goes_on(&mut self, kind: &Kind) -> io::Result<()> {
        if !kind.again.is_empty() {
            match self.stream.write(&kind.again[self.at..]) {
                Ok(count) => self.at = (self.at + count) % kind.again.len(),
                Err(error) => would_block(error)?, // the server takes no more
            }
        }
        if kind.reads == Reads::All {
            match self.stream.read(&mut [0; 16 * 1024]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => would_block(error)?,
            }
        }
        Ok(())
    }
}

fn would_block(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}
