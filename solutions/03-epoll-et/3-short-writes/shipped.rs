//! # 03-3 Short writes
//!
//! This echo serves all its clients in one thread. It works as long as they read what they get. If one
//! reads slowly, the socket to it fills up, `write_all` gives up with [`ErrorKind::WouldBlock`] in the
//! middle of an answer, and the client is thrown out. Write what is missing, an output buffer, in `Client`:
//!
//! - Each client gets back every byte, in order, however slowly it reads. When it has finished sending, it
//!   still gets what is left, and then its connection ends.
//! - While one client doesn't read, the others are served.
//! - A client that sends and sends and never reads does not fill the server's memory: the server leaves
//!   unread what it has no room to answer. (The kernel then holds up the sender by itself.)
//! - While nobody can go on, the server sleeps in `epoll_wait`, without a time limit. What a client waits for,
//!   epoll watches for: input, or room.
//!
//! `serve` is finished. It calls `Client::turn` when epoll reports a client, and afterwards has epoll
//! watch for whatever `Client::interest` says.
//!
//! What happens below the code:
//!
//! - A nonblocking `write` takes as many bytes as there is room for, and returns how many: maybe fewer than
//!   were offered. Without any room it says `WouldBlock`. (`write_all` can't tell you how far it got.)
//! - `EPOLLOUT` means: there is room. A socket nearly always has room.
//! - Epoll is level-triggered here, so it reports a state for as long as that lasts. Whoever watches for
//!   something and then does nothing about it sees one processor at 100 %. Edge-triggered, the same
//!   mistakes make less noise.
//!
//! Read: write(2), send(2) under EAGAIN, `epoll_ctl(2)` on `EPOLL_CTL_MOD`.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll reports for the listener. Clients are numbered from 0 on.
const LISTENER: u64 = u64::MAX;

/// Echoes the bytes of all clients of `listener`, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed, or the kernel refuses to watch it; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
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
                    let client = Client::new(stream);
                    let event = EpollEvent::new(client.watched, next);
                    epoll.add(&client.stream, event)?;
                    clients.insert(next, client);
                    next += 1;
                }
            } else if let Some(client) = clients.get_mut(&token) {
                let turn = client.turn();
                if !matches!(turn, Ok(Status::Open)) || client.watch(&epoll, token).is_err() {
                    clients.remove(&token);
                }
            }
        }
    }
}

/// Whether there is more to do for a client.
enum Status {
    Open,
    Finished,
}

struct Client {
    stream: TcpStream,
    /// What epoll watches for now.
    watched: EpollFlags,
}

impl Client {
    fn new(stream: TcpStream) -> Self {
        let watched = EpollFlags::EPOLLIN;
        Self { stream, watched }
    }

    /// Does for this client what can be done without waiting, then returns.
    fn turn(&mut self) -> io::Result<Status> {
        let mut input = [0; 16 * 1024];
        match self.stream.read(&mut input) {
            Ok(0) => return Ok(Status::Finished),
            Ok(count) => self.stream.write_all(&input[..count])?,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(Status::Open)
    }

    /// What has to happen before this client can have another turn.
    fn interest(&self) -> EpollFlags {
        let _ = &self.stream; // it will depend on the client
        EpollFlags::EPOLLIN
    }

    /// Has epoll watch for that, if it doesn't yet.
    fn watch(&mut self, epoll: &Epoll, token: u64) -> io::Result<()> {
        let interest = self.interest();
        if interest != self.watched {
            epoll.modify(&self.stream, &mut EpollEvent::new(interest, token))?;
            self.watched = interest;
        }
        Ok(())
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
