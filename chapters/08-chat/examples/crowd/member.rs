//! A member of the crowd.

use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One connection, and what of its input hasn't been looked at.
pub struct Member {
    pub stream: TcpStream,
    input: Vec<u8>,
}

impl Member {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let input = Vec::new();
        Ok(Self { stream, input })
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.input.extend_from_slice(&bytes[..count]);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// So that the others' arrivals don't fill the buffers.
    pub fn skip_what_there_is(&mut self) -> io::Result<()> {
        self.stream.set_nonblocking(true)?;
        let result = loop {
            match self.read() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.stream.set_nonblocking(false)?;
        // The end may be half of a line that is waited for.
        self.input.drain(..self.input.len().saturating_sub(100));
        result
    }

    pub fn skip_until(&mut self, end: &[u8]) -> io::Result<()> {
        while !self.input.ends_with(end) {
            self.read()?;
        }
        self.input = Vec::new();
        Ok(())
    }

    pub fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.input.iter().position(|&byte| byte == b'\n') {
                return Ok(self.input.drain(..=end).collect());
            }
            self.read()?;
        }
    }
}
