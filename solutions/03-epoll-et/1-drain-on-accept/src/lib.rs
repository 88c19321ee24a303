//! The edge says that somebody has come; the loop finds out who, until the queue says that it is empty.
//! After that `WouldBlock`, and only after that, the next client is a new edge: the kernel has looked at
//! an empty queue, so whoever comes then changes something.

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
        // One edge, any number of clients: only the queue can tell when it is empty.
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    number += 1;
                    greet(&stream, number);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // This one gave up while it was queued (accept(2)); others wait behind it. On Linux,
                // the usual sign is a failed write instead.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
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
