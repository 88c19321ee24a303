//! Four ways to learn which socket is ready, each with the loop around it.
//!
//! Read two of them side by side: they differ in what is told to the kernel, how often, and who
//! searches for the ready ones.
//!
//! | | told to the kernel | who searches | an idle turn |
//! | --- | --- | --- | --- |
//! | [`spin`] | nothing | the program asks every socket | costs a system call per socket, at once again |
//! | [`select`] | 1,024 bits, every turn | the kernel, then the program | sleeps |
//! | [`poll`] | an array, every turn | the kernel, then the program | sleeps |
//! | [`epoll`] | each descriptor, once | nobody: sockets report themselves | sleeps |

use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::select::{FD_SETSIZE, FdSet};
use tracing::trace;

use crate::{Server, Token, names};

/// How many ready descriptors one `epoll_wait` may report; the others follow at the next.
const EVENTS_PER_WAIT: usize = 256;

/// What epoll hands back for the listener. Tokens count up from 0 and never get here.
const LISTENER: Token = Token::MAX;

/// Asks everybody, all the time: a core is at 100 % while nothing happens.
// ANCHOR: spin
pub(crate) fn spin(server: &mut Server) -> io::Result<()> {
    loop {
        server.accept()?;
        for token in server.tokens() {
            server.read(token);
        }
    }
}
// ANCHOR_END: spin

/// Tells the kernel the whole set at every turn, as bits.
// ANCHOR: select
pub(crate) fn select(server: &mut Server) -> io::Result<()> {
    loop {
        let mut set = FdSet::new();
        set.insert(server.listener.as_fd());
        for connection in server.connections.values() {
            set.insert(connection.stream.as_fd());
        }
        trace!(call = "select", "wait");
        match nix::sys::select::select(None, &mut set, None, None, None) {
            Ok(ready) => trace!(call = "select", ready, "wake"),
            Err(Errno::EINTR) => continue, // a signal came first; the set may hold anything
            Err(errno) => return Err(errno.into()),
        }
        // The set came back with only the ready bits: search it for them.
        let connections = server.connections.iter();
        let ready: Vec<Token> = connections
            .filter(|(_, connection)| set.contains(connection.stream.as_fd()))
            .map(|(&token, _)| token)
            .collect();
        if set.contains(server.listener.as_fd())
            && let Some(token) = server.accept()?
        {
            refuse_beyond_select(server, token);
        }
        for token in ready {
            server.read(token);
        }
    }
}
// ANCHOR_END: select

/// A set has 1,024 bits: a descriptor from 1,024 on has no place in it (`select(2)`, "Bugs").
fn refuse_beyond_select(server: &mut Server, token: Token) {
    let mut stream = &server.connections[&token].stream;
    let fd = stream.as_raw_fd();
    if usize::try_from(fd).is_ok_and(|fd| fd < FD_SETSIZE) {
        return;
    }
    let message =
        format!("server full: select() can't watch descriptor {fd}, only those below {FD_SETSIZE}");
    // Without waiting for room: there is some in a new socket. And without lingering: for that, too,
    // it would have to be watched. So these words are lost on a client that has already sent some.
    let _ = stream.write(format!("{message}\n").as_bytes());
    server.close(token, &message);
}

/// Tells the kernel the whole set at every turn, as an array of any length.
pub(crate) fn poll(server: &mut Server) -> io::Result<()> {
    loop {
        let mut set = vec![PollFd::new(server.listener.as_fd(), PollFlags::POLLIN)];
        for connection in server.connections.values() {
            set.push(PollFd::new(connection.stream.as_fd(), PollFlags::POLLIN));
        }
        trace!(call = "poll", "wait");
        match nix::poll::poll(&mut set, PollTimeout::NONE) {
            Ok(ready) => trace!(call = "poll", ready, "wake"),
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        }
        // Each entry came back with what is ready: search the array for them. An error or a
        // hang-up is reported without being asked for; the read will say which it is.
        let is_ready = |entry: &PollFd| entry.any().unwrap_or(true);
        let listener_ready = is_ready(&set[0]);
        let connections = server.connections.keys().zip(&set[1..]);
        let ready: Vec<Token> = connections
            .filter(|(_, entry)| is_ready(entry))
            .map(|(&token, _)| token)
            .collect();
        if listener_ready {
            server.accept()?;
        }
        for token in ready {
            server.read(token);
        }
    }
}

/// Tells the kernel of each descriptor once; only ready ones come back, and nobody searches.
// ANCHOR: epoll
pub(crate) fn epoll(server: &mut Server) -> io::Result<()> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let readable = EpollFlags::EPOLLIN; // without EPOLLET this is level-triggered
    epoll.add(&server.listener, EpollEvent::new(readable, LISTENER))?;
    trace!(
        fd = server.listener.as_raw_fd(),
        interest = "IN",
        "register"
    );
    let mut events = [EpollEvent::empty(); EVENTS_PER_WAIT];
    loop {
        trace!(call = "epoll_wait", "wait");
        let ready = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        trace!(call = "epoll_wait", ready, "wake");
        for event in &events[..ready] {
            trace!(
                fd = server.descriptor(event.data()),
                ready = names(event.events()),
                "ready"
            );
            if event.data() == LISTENER {
                if let Some(token) = server.accept()? {
                    let stream = &server.connections[&token].stream;
                    trace!(fd = stream.as_raw_fd(), interest = "IN", "register");
                    if let Err(errno) = epoll.add(stream, EpollEvent::new(readable, token)) {
                        server.close(token, &errno); // no memory, or too many watched (ENOSPC)
                    }
                }
            } else {
                server.read(event.data());
            }
        }
    }
}
// ANCHOR_END: epoll
