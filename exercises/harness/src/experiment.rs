//! What the experiments of `chapters/*/tests/claims` share: connections, an epoll that speaks in
//! words, the kernel's table of TCP sockets, and runs in a process of their own.
//!
//! A machine may be stopped and go on at any moment. Waits with a time limit then fail with EINTR,
//! though nobody has sent a signal (`signal(7)`): [`Watcher`] and [`uninterrupted`] ask again.

#![expect(
    clippy::missing_panics_doc,
    reason = "what can't be set up panics: so the experiment fails, and says why"
)]

mod alone;
mod table;
mod watcher;

use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

pub use alone::{
    FEW_DESCRIPTORS, OWN_NETWORK, alone, alone_while, set_parameter, stop_and_go, until_asleep,
};
pub use table::{
    Entry, entry, queued, state, until_queued, until_state, until_unread, until_unread_at,
};
pub use watcher::{Report, Watcher, report};

/// How long an experiment waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// Any free port of this machine's loopback address.
#[must_use]
pub fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A blocking listener with this backlog, and with `SO_REUSEADDR`, as servers have it.
#[must_use]
pub fn listener(backlog: i32) -> TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&loopback().into()).unwrap();
    socket.listen(backlog).unwrap();
    socket.into()
}

/// Both ends of a connection, as `connect` and `accept` give them: the client's and the server's.
#[must_use]
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = listener(8);
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// A [`pair`] whose server's end is nonblocking.
#[must_use]
pub fn nonblocking_pair() -> (TcpStream, TcpStream) {
    let (client, server) = pair();
    server.set_nonblocking(true).unwrap();
    (client, server)
}

/// Begins to connect, and does not wait for an answer.
#[must_use]
pub fn knock(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let _in_progress = socket.connect(&address.into());
    socket
}

/// Closes with a reset (RST) where a close would end the stream (FIN).
pub fn reset(stream: TcpStream) {
    let at_once = Some(Duration::ZERO);
    SockRef::from(&stream).set_linger(at_once).unwrap();
    drop(stream);
}

/// Writes to a nonblocking stream until there is no room here, nor in the peer's window. Says how
/// much there was.
#[must_use]
#[track_caller]
pub fn fill(mut stream: &TcpStream) -> usize {
    let (local, remote) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
    let mut written = 0;
    until("there is no room left", || {
        // First, for room may come before the window closes, and none afterwards.
        let closed = entry(local, remote).is_some_and(|entry| entry.probing);
        let before = written;
        while let Ok(count) = stream.write(&[b'x'; 16 * 1024]) {
            written += count;
        }
        closed && written == before
    });
    written
}

/// Waits until it is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Makes a call that has a time limit, again for as long as it fails with EINTR.
///
/// # Errors
///
/// Those of the call, but EINTR.
pub fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
