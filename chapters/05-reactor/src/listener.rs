//! Listening sockets: opening them, accepting, and what to do when that fails.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::SockFlag;
use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};
use tracing::trace;

/// Bytes that the kernel may hold for a connection and can't send yet, because the peer has no room.
const UNSENT: u32 = 1024 * 1024;

/// Names one of a reactor's listeners: by which door a connection came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId(pub(crate) u16);

/// What one `accept` has brought.
#[derive(Debug)]
pub(crate) enum Accepted {
    Stream(TcpStream),
    /// The accept queue is empty.
    Nothing,
    /// This one connection failed; the next one need not.
    Skip,
    /// No descriptor or memory is left. The connection waits in the accept queue.
    Exhausted(Errno),
}

/// A listening socket: `socket`, `bind`, `listen`.
///
/// `backlog` bounds the connections that wait to be accepted, not those that are open; see
/// `listen(2)`.
///
/// # Errors
/// As `socket(2)`, `bind(2)` and `listen(2)`: the address is taken, not of this machine, or not
/// allowed.
pub fn listen(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = new_socket(address)?;
    socket.bind(&address.into())?;
    start(&socket, backlog)?;
    Ok(socket.into())
}

/// `count` listening sockets on the same address, one for each loop. The kernel spreads new
/// connections over them by a hash of the addresses (`SO_REUSEPORT`, `socket(7)`).
///
/// # Errors
/// As [`listen`]. An address that another program listens on counts as taken, even if that
/// program would share it.
pub fn listen_shared(
    address: SocketAddr,
    backlog: i32,
    count: usize,
) -> io::Result<Vec<TcpListener>> {
    if count <= 1 {
        return Ok(vec![listen(address, backlog)?]);
    }
    let mut address = address;
    if address.port() != 0 {
        // SO_REUSEPORT would let us join another server on this port and take part of its
        // clients. A socket without it is refused instead.
        new_socket(address)?.bind(&address.into())?;
    }
    let mut listeners = Vec::new();
    for _ in 0..count {
        let socket = new_socket(address)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        start(&socket, backlog)?;
        let listener = TcpListener::from(socket);
        address = listener.local_addr()?; // port 0 has become a number: the others take the same
        listeners.push(listener);
    }
    Ok(listeners)
}

fn new_socket(address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    // Connections of an earlier run may be in TIME_WAIT on this port for a minute; without this,
    // bind would fail (socket(7)).
    socket.set_reuse_address(true)?;
    Ok(socket)
}

fn start(socket: &Socket, backlog: i32) -> io::Result<()> {
    socket.listen(backlog)?;
    trace!(
        fd = socket.as_raw_fd(),
        address = shown(socket.local_addr()),
        backlog,
        "listen"
    );
    Ok(())
}

// ANCHOR: prepare
/// Readies `listener` for a reactor.
///
/// Not blocking: between the event and `accept` the peer may give up. Without Nagle's algorithm: a
/// turn's answers leave in one write, and holding a short one back until earlier ones are
/// acknowledged would only delay it. And with little in the kernel that isn't even on its way: what a peer
/// doesn't read waits here, where it is counted; the kernel would take 4 MiB for each (`tcp(7)`). On Linux,
/// accepted connections inherit these options.
pub(crate) fn prepare(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    SockRef::from(listener).set_tcp_notsent_lowat(UNSENT)?;
    SockRef::from(listener).set_tcp_nodelay(true)
}
// ANCHOR_END: prepare

/// Accepts one connection, as a stream that doesn't block.
///
/// # Errors
/// If the listener itself is unusable: every later `accept` would fail too.
pub(crate) fn accept(listener: &TcpListener) -> io::Result<Accepted> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let error = match SockRef::from(listener).accept4(flags.bits()) {
        Ok((socket, peer)) => {
            trace!(
                fd = socket.as_raw_fd(),
                listener = listener.as_raw_fd(),
                peer = shown(Ok(peer)),
                "accept"
            );
            return Ok(Accepted::Stream(socket.into()));
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            trace!(fd = listener.as_raw_fd(), call = "accept", "would-block");
            return Ok(Accepted::Nothing);
        }
        Err(error) => error,
    };
    trace!(fd = listener.as_raw_fd(), call = "accept", %error, "error");
    match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
        Errno::EBADF | Errno::EFAULT | Errno::EINVAL | Errno::ENOTSOCK | Errno::EOPNOTSUPP => {
            Err(error)
        }
        errno @ (Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM) => {
            Ok(Accepted::Exhausted(errno))
        }
        // The peer gave up while it was queued, its network failed, or a firewall objects: Linux
        // passes such errors on to accept (accept(2), "Error handling").
        _ => Ok(Accepted::Skip),
    }
}

/// An address for the trace.
fn shown(address: io::Result<SockAddr>) -> String {
    let address = address.ok().and_then(|address| address.as_socket());
    address.map_or_else(String::new, |address| address.to_string())
}
