//! Wrong: closes at end of file, even if output is still pending.
//! Caught by: a_client_that_has_finished_sending_gets_the_rest
//! Says: bytes early

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
    /// Answers; the socket has taken the first `sent` bytes of them.
    output: Vec<u8>,
    sent: usize,
}

impl Client {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            watched: EpollFlags::EPOLLIN,
            output: Vec::new(),
            sent: 0,
        }
    }

    /// Does for this client what can be done without waiting, then returns.
    fn turn(&mut self) -> io::Result<Status> {
        self.flush()?;
        if self.output.len() - self.sent > 64 << 20 {
            return Ok(Status::Open);
        }
        let mut input = [0; 16 * 1024];
        match self.stream.read(&mut input) {
            Ok(0) => return Ok(Status::Finished),
            Ok(count) => {
                self.output.extend_from_slice(&input[..count]);
                self.flush()?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(Status::Open)
    }

    /// Sends what is pending, as far as there is room.
    fn flush(&mut self) -> io::Result<()> {
        while self.is_pending() {
            match self.stream.write(&self.output[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.output.clear();
        self.sent = 0;
        Ok(())
    }

    fn is_pending(&self) -> bool {
        self.sent < self.output.len()
    }

    /// What has to happen before this client can have another turn: one thing, and no other. To watch
    /// for anything that `turn` would not act upon means to spin.
    fn interest(&self) -> EpollFlags {
        if self.is_pending() {
            EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT
        } else {
            EpollFlags::EPOLLIN
        }
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
