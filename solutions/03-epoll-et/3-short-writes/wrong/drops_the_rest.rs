//! Wrong: writes once and forgets what the socket did not take.
//! Caught by: a_client_that_reads_late_gets_every_byte
//! Says: the rest has to wait in your buffer

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
            Ok(count) => match self.stream.write(&input[..count]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            },
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
