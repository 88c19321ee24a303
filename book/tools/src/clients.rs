//! The sockets of a recording's clients.

use std::net::{SocketAddr, TcpStream};

use anyhow::Result;
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
    socket.connect(&address.into())?;
    Ok(socket.into())
}
