//! Wrong: one worker drains the queue, and then serves all of these clients, one after the other.
//! Caught by: two_clients_at_once_are_both_served
//! Says: Draining keeps the second client for a worker that already has one

use std::io::ErrorKind::{ConnectionAborted, WouldBlock};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// How many threads serve a client each.
const WORKERS: u32 = 2;

/// What the listener is watched for.
const INTEREST: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLET);

/// Echoes the bytes of the clients of `listener`, for as long as the listener works.
///
/// # Errors
///
/// If the kernel refuses to watch the listener, or to start the workers; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(INTEREST, 0))?;
    thread::scope(|scope| {
        for number in 1..=WORKERS {
            let worker = thread::Builder::new().name(format!("worker {number}"));
            worker.spawn_scoped(scope, || while turn(&epoll, listener).is_ok() {})?;
        }
        Ok(())
    })
}

/// Serves one client; an error is the end of the worker.
fn turn(epoll: &Epoll, listener: &TcpListener) -> io::Result<()> {
    wait(epoll)?;
    let mut clients = Vec::new();
    loop {
        match listener.accept() {
            Ok((stream, _)) => clients.push(stream),
            Err(error) if error.kind() == WouldBlock => break,
            Err(error) if error.kind() == ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
    for stream in clients {
        drop(talk(stream));
    }
    Ok(())
}

/// Echoes until the client leaves. On Linux an accepted socket is a blocking one, even if its listener
/// isn't (accept(2)): the worker sleeps in `read`.
fn talk(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}

/// Sleeps until this thread is told of the listener.
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
