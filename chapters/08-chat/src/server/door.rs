//! Doors: how the server listens, and what it allows its clients.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use http::connections;
use nix::sys::socket::{setsockopt, sockopt};
use reactor::Limits;

use crate::MAX_WAITING;

/// Bytes that the kernel may hold for a member, about. Left alone it takes megabytes, and only then
/// would it show that a member doesn't read.
const SEND_BUFFER: usize = 128 * 1024;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A listener for members.
///
/// # Errors
/// As [`reactor::listen`].
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = reactor::listen(address, BACKLOG)?;
    // The connections that it accepts inherit that (socket(7), tcp(7)).
    setsockopt(&listener, sockopt::SndBuf, &SEND_BUFFER)?;
    Ok(listener)
}

/// What a connection may take of the server.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        connections: connections(1),
        input: 64 * 1024, // the head of a request has to fit
        high_water: MAX_WAITING,
        stall: Duration::from_secs(10),
        ..Limits::default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use nix::sys::socket::{getsockopt, sockopt};

    use super::{SEND_BUFFER, listen};

    #[test]
    fn the_kernel_holds_little_for_a_member_who_does_not_read() {
        let listener = listen("127.0.0.1:0".parse().expect("an address")).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let _member = TcpStream::connect(address).expect("a connection");
        let (member, _) = listener.accept().expect("the connection");
        // The kernel doubles what it is asked for (socket(7)).
        let held = getsockopt(&member, sockopt::SndBuf).expect("its size");
        assert!(held <= 2 * SEND_BUFFER, "{held}");
    }
}
