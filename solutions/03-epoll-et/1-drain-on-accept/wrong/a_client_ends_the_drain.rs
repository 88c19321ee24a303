//! Wrong: leaves the loop at the first client that can't be told its number.
//! Caught by: a_client_that_left_the_queue_does_no_harm
//! Says: The others still wait behind it

use std::io::{self, Write};
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
        while let Ok((stream, _)) = listener.accept() {
            number += 1;
            if greet(&stream, number).is_err() {
                break;
            }
        }
    }
}

/// Tells a client its number. If it has gone, nobody is left to be told.
fn greet(mut stream: &TcpStream, number: u32) -> io::Result<()> {
    stream.write_all(format!("{number}\n").as_bytes())
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
