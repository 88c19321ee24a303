//! # 02-4 The empty branch
//!
//! This server waits with epoll(7), level-triggered. Once a client is ready, it reads all that the
//! client has sent, and sends it back in one piece. It passed its author's tests: each of them sent a
//! request, finished sending, and read the answer.
//!
//! The first ordinary client, which sends a request and waits, freezes it for ever: no answer, no
//! second client, and one processor at 100 %. Find out why, and mend it:
//!
//! - The answer comes at once, though the client stays connected and may ask again.
//! - Clients are served beside each other; one that says nothing holds up nobody.
//! - A server that has read everything sleeps until more comes, without a time limit, and uses no
//!   processor time. One thread serves all clients, and its epoll watches them all.
//!
//! How its parts should work together:
//!
//! - `epoll.wait` is the one place where the server may sleep. It returns once a socket is ready.
//! - The sockets are nonblocking: where nothing is left to read, `read` returns
//!   [`ErrorKind::WouldBlock`] (EAGAIN in C) instead of sleeping.
//! - [`ErrorKind::Interrupted`] (EINTR) says that a signal came first; then one asks again.
//!
//! Document 001's receive loop has this bug (B12 in the book): more than 73,000 calls of `recv` in a
//! second, all but one of them for nothing.
//!
//! Read: epoll(7), read(2) under EAGAIN and EINTR. To see it, run a check and look at `top` meanwhile.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll hands back for the listener; clients count up from 0.
const LISTENER: u64 = u64::MAX;

/// Serves all clients of `listener`, in this thread, for ever.
///
/// # Errors
///
/// If the listener is unusable or the kernel refuses to wait.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut clients = BTreeMap::new();
    let mut tokens = 0..LISTENER;
    let mut events = [EpollEvent::empty(); 64];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(count) => count,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        for token in events[..count].iter().map(EpollEvent::data) {
            if token == LISTENER {
                if let (Some(stream), Some(token)) = (accept(listener)?, tokens.next()) {
                    epoll.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, token))?;
                    clients.insert(token, stream);
                }
            } else if clients
                .get(&token)
                .is_some_and(|client| answer(client).is_err())
            {
                // Dropping the stream closes it, and that takes it out of the epoll, too.
                clients.remove(&token);
            }
        }
    }
}

/// Takes one client from the accept queue, if there is one.
fn accept(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    match listener.accept() {
        Ok((stream, _)) => stream.set_nonblocking(true).map(|()| Some(stream)),
        Err(error) if matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads what a ready client has sent and sends it back. The error says that this client has left.
fn answer(mut client: &TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 1024];
    let mut has_left = false;
    while !has_left {
        match client.read(&mut chunk) {
            Ok(0) => has_left = true,
            Ok(count) => request.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                // Nothing more is there: the request is complete.
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // A client without room for its answer is dropped; chapter 03 knows better.
    client.write_all(&request)?;
    if has_left {
        Err(ErrorKind::UnexpectedEof.into())
    } else {
        Ok(())
    }
}
