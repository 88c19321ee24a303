//! A client that waits for its server: for tests, which do one thing after the other. What it sends
//! and understands is the chapter's [`Client`].

#![allow(dead_code, reason = "each test uses what it needs")]

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use ch07_websocket::{Address, Client, Close, CloseCode, Failure, Goodbye, Incoming, Kind, Opcode};
use reactor::Buffer;

/// A connection to a server.
pub struct Blocking {
    stream: TcpStream,
    client: Client,
    protocol: Option<String>,
    input: Buffer,
}

impl Blocking {
    /// Connects, and asks for a WebSocket.
    pub fn connect(address: &Address, protocols: &[String]) -> Result<Self, Failure> {
        let stream = TcpStream::connect((address.host(), address.port()))?;
        stream.set_nodelay(true)?;
        let client = Client::new(protocols)?;
        (&stream).write_all(client.request(address).as_bytes())?;

        let mut connection = Self {
            stream,
            client,
            protocol: None,
            input: Buffer::new(),
        };
        match connection.receive()? {
            Incoming::Opened(protocol) => connection.protocol = protocol,
            other => return Err(io::Error::other(format!("{other:?}")).into()),
        }
        Ok(connection)
    }

    /// The sub-protocol that the server has chosen.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The socket.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends a message.
    pub fn send(&mut self, kind: Kind, message: &[u8]) -> Result<(), Failure> {
        self.send_frame(kind.opcode(), true, message)
    }

    /// Sends a frame.
    pub fn send_frame(
        &mut self,
        opcode: Opcode,
        last: bool,
        payload: &[u8],
    ) -> Result<(), Failure> {
        let mut out = Vec::new();
        self.client.send_frame(opcode, last, payload, &mut out)?;
        Ok(self.stream.write_all(&out)?)
    }

    /// Begins to close.
    pub fn close(&mut self, close: Close<'_>) -> Result<(), Failure> {
        let mut out = Vec::new();
        self.client.close(close, &mut out)?;
        Ok(self.stream.write_all(&out)?)
    }

    /// Sends a Ping.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), Failure> {
        self.send_frame(Opcode::Ping, true, payload)
    }

    /// Waits for what comes next. A connection that just ends has closed abnormally.
    pub fn receive(&mut self) -> Result<Incoming, Failure> {
        loop {
            if let Some(incoming) = self.take()? {
                return Ok(incoming);
            }
            if self.fill()? == 0 {
                return Ok(Incoming::Close(Goodbye {
                    code: CloseCode::ABNORMAL,
                    reason: String::new(),
                }));
            }
        }
    }

    /// Reads once; 0 at the end.
    pub fn fill(&mut self) -> Result<usize, Failure> {
        let mut bytes = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(count) => {
                    self.input.extend(&bytes[..count]);
                    return Ok(count);
                }
                // A frozen machine may end a wait with a time limit early (signal(7)).
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes the next of what has come.
    pub fn take(&mut self) -> Result<Option<Incoming>, Failure> {
        let mut out = Vec::new();
        let taken = self.client.next(&mut self.input, &mut out);
        self.client.answer_ping(&mut out)?;
        self.stream.write_all(&out)?;
        taken
    }
}
