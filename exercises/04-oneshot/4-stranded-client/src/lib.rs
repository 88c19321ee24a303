//! # 04-4 The stranded client
//!
//! Two workers share an epoll that watches the listener. Each accepts a client, echoes until that client
//! leaves, and waits for the next one. So two clients can be served at a time; more wait in the queue.
//!
//! Hundreds of clients come and go, and all is well. But now and then one is connected and gets no answer,
//! with a free worker asleep. It is rare: of 500 clients in one run, 499 were served. Find out how it
//! happens, and mend it:
//!
//! - As long as a worker is free, each client is served at once, also if two come at the same moment.
//! - While all workers are busy, clients wait in the accept queue. Whoever is free takes the next one. (So
//!   draining, as in 03-1, is not the answer here: a worker has no use for a second client.)
//! - Free workers sleep in `epoll_wait`, without a time limit, and not in `accept`: real ones wait for more
//!   than clients there (chapter 04's also for the word to stop).
//!
//! What happens below the code:
//!
//! - `EPOLLET` has an edge reported once, to *one* of the threads that wait in `epoll_wait`. Two clients
//!   that come before it has returned are one edge.
//! - Without `EPOLLET`, epoll passes a descriptor on: while it is ready, the next thread is told, too.
//! - `EPOLL_CTL_MOD` ([`Epoll::modify`]) looks at a descriptor anew, even if its events stay the same. If it
//!   is ready, that is reported like an edge.
//!
//! Read: epoll(7), "Level-triggered and edge-triggered"; `epoll_ctl(2)`.

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
        // Its error is about this client only, and that has gone.
        Ok((stream, _)) => drop(talk(stream)),
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
