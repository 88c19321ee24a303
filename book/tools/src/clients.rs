//! The sockets of a recording's clients.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result};
use socket2::{Domain, Socket, Type};

use crate::script::Buffers;

/// Of small buffers: the client's receive buffer, and the largest segment it takes, in bytes.
const SMALL: usize = 4096;
const SEGMENT: u32 = 536;

/// A client's socket. The segments it asks for bound the server's send buffer from the start, too.
pub fn connect(address: SocketAddr, buffers: Buffers) -> Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if buffers == Buffers::Small {
        socket.set_recv_buffer_size(SMALL)?;
        socket.set_tcp_mss(SEGMENT)?;
    }
    socket.set_tcp_nodelay(true)?; // a piece must not wait for the last one's acknowledgement
    socket.connect(&address.into())?;
    Ok(socket.into())
}

/// Reads `count` answers of HTTP, each as long as its head says; how many bytes they had.
pub fn take_answers(mut stream: &TcpStream, count: usize) -> Result<u64> {
    let mut bytes = 0;
    for _ in 0..count {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let text = String::from_utf8_lossy(&head);
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        let length: usize = length.context("an answer without a length")?.parse()?;
        stream.read_exact(&mut vec![0; length])?;
        bytes += head.len() + length;
    }
    Ok(bytes as u64)
}
