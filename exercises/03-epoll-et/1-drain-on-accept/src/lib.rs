//! # 03-1 Drain on accept
//!
//! This server hands out numbers, like the machine beside a counter: the first client gets `1`, the
//! second `2`, on a line each, and then its connection ends. Its listener is watched edge-triggered.
//!
//! It works as long as clients come one by one. Let two come at the same moment, and one of them gets
//! nothing. Then let a third come: the *second* gets its number, and the third waits. From then on
//! everybody is served one client late. Find out why, and mend it:
//!
//! - However many clients come at once, each gets its number, in the order in which they came.
//! - A client that has gone before its turn harms nobody. (Its number is lost.)
//! - While nobody comes, the server sleeps in `epoll_wait`. The listener stays edge-triggered.
//!
//! What happens below the code:
//!
//! - The kernel makes connections by itself and puts them into the listener's accept queue. A client in
//!   that queue is connected, as far as it can see.
//! - `accept` takes one connection out of the queue. If the queue is empty, a nonblocking listener says
//!   so: [`ErrorKind::WouldBlock`] (EAGAIN).
//! - `EPOLLET` has epoll report a *change*: a connection has come. An event carries neither connections
//!   nor their number, and two changes before the next `epoll_wait` become one event.
//!
//! Read: epoll(7), "Level-triggered and edge-triggered"; accept(2).

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Gives each client of `listener` a number, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed, or the kernel refuses to watch it; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
    epoll.add(listener, EpollEvent::new(interest, 0))?;
    let mut number = 0;
    loop {
        wait(&epoll)?;
        match listener.accept() {
            Ok((stream, _)) => {
                number += 1;
                greet(&stream, number);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tells a client its number. If it has gone, nobody is left to be told.
fn greet(mut stream: &TcpStream, number: u32) {
    let _ = stream.write_all(format!("{number}\n").as_bytes());
}

/// Sleeps until the listener is reported.
fn wait(epoll: &Epoll) -> io::Result<()> {
    let mut events = [EpollEvent::empty()];
    loop {
        match epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(_) => return Ok(()),
            Err(Errno::EINTR) => {} // a signal came first
            Err(errno) => return Err(errno.into()),
        }
    }
}
