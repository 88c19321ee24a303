//! Wrong: re-arms the listener when the client has been served, as one does with connections.
//! Caught by: two_clients_at_once_are_both_served
//! Says: a connection waits in the accept queue
//! Says: since nobody tells it
//! Says: or have it reported again (EPOLL_CTL_MOD, level-triggered)

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
            drop(talk(stream));
            epoll.modify(listener, &mut EpollEvent::new(INTEREST, 0))?;
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
