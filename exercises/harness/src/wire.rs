//! Reading and writing a socket without ever waiting for long.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::diff::Stop;

/// No single expectation takes longer than this, however slowly its bytes trickle.
const LONGEST: Duration = Duration::from_secs(30);
/// Once an answer has gone wrong, how long to wait for its rest.
const REST: Duration = Duration::from_millis(50);
/// How much of that rest is read.
const REST_SIZE: usize = 4096;

/// Connects to `to` within `limit`, with a receive buffer of a given size if there is one; returns
/// the socket and its own address.
pub(crate) fn open(
    to: SocketAddr,
    receive_buffer: Option<usize>,
    limit: Duration,
) -> io::Result<(TcpStream, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    if let Some(size) = receive_buffer {
        // Before connecting: the window is agreed upon in the handshake (tcp(7)).
        socket.set_recv_buffer_size(size)?;
    }
    connect(socket, to, limit)
}

/// Bytes of a segment on an Ethernet.
const SEGMENT: u32 = 1448;

/// The same with buffers for receiving and sending and a segment size, where these are given. The
/// stream is nonblocking.
pub(crate) fn open_narrow(
    to: SocketAddr,
    (receive, send, segment): (Option<usize>, Option<usize>, Option<u32>),
    limit: Duration,
) -> io::Result<(TcpStream, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    // Before connecting: they are agreed upon in the handshake (tcp(7)).
    if let Some(size) = receive {
        socket.set_recv_buffer_size(size)?;
    }
    if let Some(size) = send {
        socket.set_send_buffer_size(size)?;
    }
    // Loopback's segments of 64 KiB don't fit into small buffers: the window would open only by the
    // kernel's probes, with pauses that double.
    if let Some(size) = segment.or((receive.is_some() || send.is_some()).then_some(SEGMENT)) {
        socket.set_tcp_mss(size)?;
    }
    let opened = connect(socket, to, limit)?;
    opened.0.set_nonblocking(true)?;
    Ok(opened)
}

/// Connects `socket`, unless it would be to itself. Where nobody listens any more, the kernel may pick
/// that very port for this side: such a connection (a simultaneous open, RFC 9293 §3.5) echoes
/// whatever is sent.
fn connect(socket: Socket, to: SocketAddr, limit: Duration) -> io::Result<(TcpStream, SocketAddr)> {
    socket.connect_timeout(&to.into(), limit)?;
    // Each piece goes out at once, as its own segment.
    socket.set_tcp_nodelay(true)?;
    let stream = TcpStream::from(socket);
    let address = stream.local_addr()?;
    if address == to {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    Ok((stream, address))
}

/// Reads up to `size` bytes, until none come for `silence`; stops early (and a little later) where
/// they aren't `expected`.
pub(crate) fn receive(
    stream: &TcpStream,
    size: usize,
    expected: Option<&[u8]>,
    silence: Duration,
) -> (Vec<u8>, Stop) {
    let deadline = Instant::now() + LONGEST;
    let mut received = Vec::new();
    let mut chunk = [0; 16 * 1024];
    while received.len() < size {
        let limit = silence.min(deadline.saturating_duration_since(Instant::now()));
        let room = chunk.len().min(size - received.len());
        let new = match read_within(stream, &mut chunk[..room], limit) {
            Ok(0) => return (received, Stop::End),
            Ok(new) => new,
            Err(error) if is_timeout(&error) => return (received, Stop::Silence),
            Err(_) => return (received, Stop::Reset),
        };
        let from = received.len();
        received.extend_from_slice(&chunk[..new]);
        if expected.is_some_and(|expected| expected[from..from + new] != chunk[..new]) {
            let (rest, _) = receive_rest(stream);
            received.extend(rest);
            return (received, Stop::Enough);
        }
    }
    (received, Stop::Enough)
}

/// Reads what else comes at once, within reason, and tells how that stopped.
pub(crate) fn receive_rest(stream: &TcpStream) -> (Vec<u8>, Stop) {
    receive(stream, REST_SIZE, None, REST)
}

/// Reads once, within `limit`.
pub(crate) fn read_within(
    mut stream: &TcpStream,
    buffer: &mut [u8],
    limit: Duration,
) -> io::Result<usize> {
    until_done(limit, |left| {
        stream.set_read_timeout(Some(left))?;
        stream.read(buffer)
    })
}

/// Writes `bytes`; gives up when none is taken for `pause`. Returns how many were taken.
pub(crate) fn write_for(
    mut stream: &TcpStream,
    bytes: &[u8],
    pause: Duration,
) -> (usize, io::Result<()>) {
    let mut taken = 0;
    while taken < bytes.len() {
        let written = until_done(pause, |left| {
            stream.set_write_timeout(Some(left))?;
            stream.write(&bytes[taken..])
        });
        match written {
            Ok(size) => taken += size,
            Err(error) => return (taken, Err(error)),
        }
    }
    (taken, Ok(()))
}

/// Repeats a call that was interrupted, with what is left of its time: with a timeout, a call fails
/// with EINTR even where the process was only frozen for a moment (`signal(7)`).
fn until_done<T>(
    limit: Duration,
    mut call: impl FnMut(Duration) -> io::Result<T>,
) -> io::Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        // A timeout of zero would be none at all.
        let left = deadline.saturating_duration_since(Instant::now());
        match call(left.max(Duration::from_millis(1))) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Whether a read or write has run into its limit.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_socket_that_is_connected_to_itself_is_refused() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let free = listener.local_addr().unwrap();
        drop(listener);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&free.into()).unwrap(); // as the kernel might
        let refused = connect(socket, free, Duration::from_secs(3)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
}
