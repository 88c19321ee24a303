//! One port for the listeners of several loops, each opened by its own thread.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// The first listener on `address`. Port 0 becomes a number; the others [join](join) it.
///
/// # Errors
/// As `bind(2)` and `listen(2)`. An address that another program listens on counts as taken, even
/// if that program would share it.
pub(crate) fn open(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    if address.port() != 0 {
        // SO_REUSEPORT would let us join another server's port, and take part of its clients.
        drop(reactor::listen(address, backlog)?);
    }
    join(address, backlog)
}

/// One more listener on `address`: the kernel spreads new connections over all of them, by a hash
/// of the addresses and ports (`SO_REUSEPORT`, `socket(7)`).
///
/// # Errors
/// As `bind(2)` and `listen(2)`.
pub(crate) fn join(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}
