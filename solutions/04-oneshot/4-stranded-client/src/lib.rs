//! An edge is told to one worker, and a worker takes one client. So the worker that takes a client also
//! passes the news on: it re-arms the listener, and if somebody is left in the queue, the next one wakes.
//!
//! Two other ways are as good. Level-triggered, epoll passes the news on by itself; now and then a worker
//! wakes and finds that another was quicker. With EPOLLONESHOT, a worker has the listener to itself until
//! it re-arms it, and nobody wakes in vain.

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
    match listener.accept() {
        Ok((stream, _)) => {
            // Before serving, which may take hours: whoever is left in the queue is for the others.
            epoll.modify(listener, &mut EpollEvent::new(INTEREST, 0))?;
            // An error in here is about this client only, and that has gone.
            drop(talk(stream));
        }
        // Another worker was quicker, or the client has given up.
        Err(error) if matches!(error.kind(), WouldBlock | ConnectionAborted) => {}
        Err(error) => return Err(error),
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
