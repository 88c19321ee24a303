//! # 03-4 Fair turns
//!
//! This server hands out tickets: for each line that a client sends (`ticket`, say), it gets a number, on a
//! line. All clients draw from one roll, 1, 2, 3 and so on: the numbers tell in which order the server
//! worked.
//!
//! Connections are edge-triggered, and the server drains them, as it must: it reads until `WouldBlock`. But
//! when a socket is empty is up to its client. One that sends as fast as the server reads is never drained,
//! and nobody else is ever served. Mend it:
//!
//! - No client gets more than a turn at a time, then the others: a turn is about 16 reads (of 256 bytes).
//! - Whatever a client has sent is answered in the end, even if it sends nothing more.
//! - Look for newcomers after each round (everyone with bytes left has one turn), not only when all are
//!   drained.
//! - While there is nothing to do, the server sleeps in `epoll_wait`. Connections stay edge-triggered.
//!
//! What happens below the code:
//!
//! - Epoll reports an edge once. Bytes that are left in the socket are no news; only new ones are.
//! - `epoll_wait` takes a timeout: [`EpollTimeout::NONE`] sleeps until there is an event;
//!   [`EpollTimeout::ZERO`] returns at once, with what is there.
//! - One `epoll_wait` reports as many descriptors as the array has room for, 8 here. It puts off the others
//!   to the next call; nothing is lost.
//!
//! One thing is left out: clients read their tickets, so there is always room for more (else see 03-3).
//!
//! Read: epoll(7), "Starvation"; `epoll_wait(2)`.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll reports for the listener. Clients are numbered from 0 on.
const LISTENER: u64 = u64::MAX;

/// How many descriptors one `epoll_wait` may report.
const EVENTS_PER_WAIT: usize = 8;

/// Hands out tickets to the clients of `listener`, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed, or the kernel refuses to watch it; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    // Level-triggered: one accept per event is enough, epoll repeats it.
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut clients = HashMap::new();
    let mut next = 0;
    let mut roll = 0;
    let mut events = [EpollEvent::empty(); EVENTS_PER_WAIT];
    loop {
        let ready = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        for event in &events[..ready] {
            let token = event.data();
            if token == LISTENER {
                if let Some(stream) = accept(listener)? {
                    let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
                    epoll.add(&stream, EpollEvent::new(interest, next))?;
                    clients.insert(next, stream);
                    next += 1;
                }
            } else if let Some(stream) = clients.get(&token) {
                match draw(stream, &mut roll) {
                    Ok(Status::Drained) => {}
                    Ok(Status::Finished) | Err(_) => {
                        clients.remove(&token);
                    }
                }
            }
        }
    }
}

/// How a client's turn has ended.
enum Status {
    /// Its socket is empty: what comes next is a new edge.
    Drained,
    /// It has finished sending.
    Finished,
}

/// Gives a client its tickets from the `roll`: one for each line that it has sent.
fn draw(mut stream: &TcpStream, roll: &mut u64) -> io::Result<Status> {
    let mut input = [0; 256];
    loop {
        match stream.read(&mut input) {
            Ok(0) => return Ok(Status::Finished),
            Ok(count) => {
                let mut tickets = Vec::new();
                for _ in input[..count].iter().filter(|&&byte| byte == b'\n') {
                    *roll += 1;
                    writeln!(tickets, "{roll}")?;
                }
                stream.write_all(&tickets)?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Status::Drained),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Takes a connection out of the accept queue, if there is one.
fn accept(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((stream, _)) => stream.set_nonblocking(true).map(|()| Some(stream)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::ConnectionAborted => Ok(None),
            _ => Err(error),
        },
    }
}
