//! The blocking accept loop: one client after the other, then a thread for each.
//!
//! ```text
//!  socket ─ bind ─ listen ─┬─ accept ─ read ⇄ write ─ close ─┐
//!                          └─────────── next client ◄────────┘
//! ```
//!
//! Each of `accept`, `read` and `write` puts the thread to sleep until there is something for it.
//! That makes the program as plain as the picture, and it is its weakness: while the thread sleeps
//! in one client's `read`, nobody else is served. [`Clients::ThreadEach`] mends that with a thread
//! per client, at the price of a stack per client; chapter 02 starts there.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod line_echo;

pub use line_echo::{LineEcho, MAX_LINE, Next};

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use socket2::{Domain, Protocol, Socket, Type};
use tracing::trace;

/// How long [`linger`] waits for a peer to close.
const LINGER: Duration = Duration::from_secs(1);

/// How many clients are served at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// One: the next waits until this one has gone.
    OneByOne,
    /// All of them, each in a thread of its own.
    ThreadEach,
}

/// A listening socket: `socket`, `bind`, `listen`.
///
/// `backlog` bounds the connections that wait to be accepted, not those that are open; Linux lets
/// `backlog` + 1 wait, and never more than `net.core.somaxconn` + 1. See `listen(2)`.
///
/// # Errors
/// As `socket(2)`, `bind(2)` and `listen(2)`: the address is taken, not of this machine, or not
/// allowed.
// ANCHOR: listen
pub fn listen(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A server that closed connections and restarts finds them in TIME_WAIT on its port for a
    // minute; without this, bind would fail with EADDRINUSE (socket(7)).
    socket.set_reuse_address(true)?;
    // `address` holds the port in this machine's byte order; socket2 puts it into the network's.
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    let listener: TcpListener = socket.into();
    let address = listener.local_addr()?; // with the port that 0 has become
    trace!(fd = listener.as_raw_fd(), %address, backlog, "listen");
    Ok(listener)
}
// ANCHOR_END: listen

/// Accepts clients for ever and echoes their lines.
///
/// What goes wrong with one client ends that client only.
///
/// # Errors
/// If the listener itself is unusable: every later `accept` would fail too.
// ANCHOR: serve
pub fn serve(listener: &TcpListener, clients: Clients) -> io::Result<()> {
    loop {
        trace!(fd = listener.as_raw_fd(), call = "accept", "wait");
        match listener.accept() {
            Ok((stream, peer)) => {
                let (fd, listener) = (stream.as_raw_fd(), listener.as_raw_fd());
                trace!(fd, listener, %peer, "accept");
                match clients {
                    Clients::OneByOne => serve_client(stream),
                    Clients::ThreadEach => start_thread(stream),
                }
            }
            Err(error) => after_failed_accept(listener, error)?,
        }
    }
}
// ANCHOR_END: serve

/// Serves `stream` in a thread of its own.
fn start_thread(stream: TcpStream) {
    let fd = stream.as_raw_fd();
    let thread = thread::Builder::new().name(format!("serving {fd}"));
    // Dropping the handle detaches the thread. `thread::spawn` would panic where no thread can be
    // had; here that closes this one connection: the closure is dropped, and `stream` with it.
    if let Err(error) = thread.spawn(move || serve_client(stream)) {
        trace!(fd, call = "clone", %error, "error");
    }
}

/// Goes on after a failed `accept`, unless the listener itself is unusable.
///
/// # Errors
/// `error` itself, if every later `accept` would fail too (`accept(2)`, "Errors").
pub fn after_failed_accept(listener: &TcpListener, error: io::Error) -> io::Result<()> {
    trace!(fd = listener.as_raw_fd(), call = "accept", %error, "error");
    match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
        Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK | Errno::EOPNOTSUPP => Err(error),
        // Nothing was accepted, and the next call would fail at once: without a pause the loop
        // would spin until a client leaves. Chapter 05 finds a better answer than to sleep.
        Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM => {
            thread::sleep(Duration::from_millis(50));
            Ok(())
        }
        // The peer gave up while it was queued, or its network failed: on to the next one.
        _ => Ok(()),
    }
}

/// Serves one client until it leaves, and closes its connection.
fn serve_client(stream: TcpStream) {
    let fd = stream.as_raw_fd();
    match echo_lines(&stream) {
        Ok(()) => trace!(fd, why = "served", "close"),
        // ECONNRESET: the peer has cut the connection. EPIPE: we wrote after it had.
        Err(error) => trace!(fd, why = %error, "close"),
    }
    drop(stream); // the last owner: this is the `close`
}

// ANCHOR: client
fn echo_lines(mut stream: &TcpStream) -> io::Result<()> {
    let fd = stream.as_raw_fd();
    let mut echo = LineEcho::default();
    let mut input = [0; 16 * 1024];
    let mut output = Vec::new();
    loop {
        trace!(fd, call = "read", "wait");
        let count = match stream.read(&mut input) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result?,
        };
        let next = if count == 0 {
            trace!(fd, "eof"); // not an error: the peer has finished sending, and may still read
            echo.end(&mut output);
            Next::Close
        } else {
            trace!(fd, bytes = count, data = &input[..count], "read");
            echo.feed(&input[..count], &mut output)
        };
        if !output.is_empty() {
            trace!(fd, call = "write", "wait"); // sleeps while the peer doesn't read
            stream.write_all(&output)?;
            trace!(fd, bytes = output.len(), data = &output[..], "write");
            output.clear();
        }
        if next == Next::Close {
            return if count == 0 { Ok(()) } else { linger(stream) };
        }
    }
}
// ANCHOR_END: client

/// Closes our direction, then waits until the peer has closed its own, or [`LINGER`] has passed.
///
/// `close` on a socket with unread input sends RST instead of FIN (RFC 1122, §4.2.2.13), and a
/// reset destroys what is still on its way: maybe our last words. So what still comes is read, and
/// dropped, first.
// ANCHOR: linger
fn linger(mut stream: &TcpStream) -> io::Result<()> {
    let fd = stream.as_raw_fd();
    stream.shutdown(Shutdown::Write)?;
    trace!(fd, how = "write", "shutdown");
    let deadline = Instant::now() + LINGER;
    let mut dropped = [0; 16 * 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        trace!(fd, call = "read", "wait");
        match stream.read(&mut dropped) {
            Ok(0) => {
                trace!(fd, "eof");
                return Ok(());
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()), // time is up
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
// ANCHOR_END: linger
