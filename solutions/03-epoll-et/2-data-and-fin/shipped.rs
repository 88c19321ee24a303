//! # 03-2 Data and FIN together
//!
//! This server counts bytes. A client sends as many as it likes and finishes sending; it is told how
//! many they were, on a line, and then its connection ends. Connections are watched edge-triggered.
//!
//! Try it from two terminals and it works. Yet programs that use it hang now and then: those that send
//! their bytes and finish in the same breath. Their bytes are read, but no answer ever comes, and the
//! connection stays open for as long as the server lives. Find out why, and mend it:
//!
//! - A client that has finished sending is told the number of all its bytes, however they came.
//! - A client that hasn't finished is told nothing yet, however long it pauses.
//! - While nothing comes, the server sleeps in `epoll_wait`, without a time limit. Connections stay
//!   edge-triggered.
//!
//! What happens below the code:
//!
//! - A client that finishes sending (`shutdown`, `close`) sends a FIN. Bytes and FIN may travel in one
//!   segment, or both arrive before the server looks. Then they are *one* edge: one event.
//! - To the reader, the FIN lies behind the bytes: first `read` returns them, and the next one returns
//!   `Ok(0)`, end of file.
//! - A nonblocking socket that has neither says [`ErrorKind::WouldBlock`] (EAGAIN). Whatever comes after
//!   that is a new edge.
//!
//! Read: epoll(7), the questions and answers at its end; recv(2) under "Return value".

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll reports for the listener. Clients are numbered from 0 on.
const LISTENER: u64 = u64::MAX;

/// Counts the bytes of each client of `listener`, for as long as the listener works.
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
    let mut events = [EpollEvent::empty(); 64];
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
                    clients.insert(next, Client { stream, total: 0 });
                    next += 1;
                }
            } else if let Some(client) = clients.get_mut(&token) {
                // An error is the end of this client, too. Dropping it closes the connection.
                if !matches!(client.read(), Ok(Status::Open)) {
                    clients.remove(&token);
                }
            }
        }
    }
}

/// Whether there is more to come from a client.
enum Status {
    Open,
    Finished,
}

struct Client {
    stream: TcpStream,
    /// How many bytes have come so far.
    total: usize,
}

impl Client {
    /// Counts what has come; at the end of it all, tells the client.
    fn read(&mut self) -> io::Result<Status> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.answer()?;
                    return Ok(Status::Finished);
                }
                Ok(count) => {
                    self.total += count;
                    // A short read: the socket is empty. To ask again would be a wasted call.
                    if count < buffer.len() {
                        return Ok(Status::Open);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Status::Open),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Nothing was sent before this line, so there is room for it.
    fn answer(&mut self) -> io::Result<()> {
        self.stream
            .write_all(format!("{}\n", self.total).as_bytes())
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
