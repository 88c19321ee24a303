//! Wrong: accepts twice for each edge, since two came.
//! Caught by: a_hundred_clients_at_once_are_all_served
//! Says: the queue can tell

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
        for _ in 0..2 {
            match listener.accept() {
                Ok((stream, _)) => {
                    number += 1;
                    greet(&stream, number);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
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
