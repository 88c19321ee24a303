//! Wrong: keeps a list of those left over, in which one client may stand more than once.
//! Caught by: news_is_no_second_turn
//! Says: still one turn a round

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll reports for the listener. Clients are numbered from 0 on.
const LISTENER: u64 = u64::MAX;

/// How many descriptors one `epoll_wait` may report.
const EVENTS_PER_WAIT: usize = 8;

/// How many reads a client gets before the others have their turn.
const READS_PER_TURN: usize = 16;

/// Hands out tickets to the clients of `listener`, for as long as the listener works.
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
    let mut roll = 0;
    // Who used up a turn and may have more. Tokens are never used twice, so one that is noted here can't
    // come to mean another client.
    let mut unfinished = Vec::new();
    let mut events = [EpollEvent::empty(); EVENTS_PER_WAIT];
    loop {
        let timeout = if unfinished.is_empty() {
            EpollTimeout::NONE
        } else {
            EpollTimeout::ZERO // there is work already: only look what else has come
        };
        let ready = match epoll.wait(&mut events, timeout) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        let mut turns = mem::take(&mut unfinished);
        turns.extend(events[..ready].iter().map(EpollEvent::data));
        for token in turns {
            if token == LISTENER {
                if let Some(stream) = accept(listener)? {
                    let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
                    epoll.add(&stream, EpollEvent::new(interest, next))?;
                    clients.insert(next, stream);
                    next += 1;
                }
            } else if let Some(stream) = clients.get(&token) {
                match draw(stream, &mut roll) {
                    Ok(Status::Drained) => {}
                    Ok(Status::Unfinished) => {
                        unfinished.push(token);
                    }
                    Ok(Status::Finished) | Err(_) => {
                        clients.remove(&token);
                    }
                }
            }
        }
    }
}

/// How a client's turn has ended.
enum Status {
    /// Its socket is empty: what comes next is a new edge.
    Drained,
    /// It may have more, and the kernel won't say so again.
    Unfinished,
    /// It has finished sending.
    Finished,
}

/// Gives a client its tickets from the `roll`: one for each line that it has sent.
fn draw(mut stream: &TcpStream, roll: &mut u64) -> io::Result<Status> {
    let mut input = [0; 256];
    for _ in 0..READS_PER_TURN {
        match stream.read(&mut input) {
            Ok(0) => return Ok(Status::Finished),
            Ok(count) => {
                let mut tickets = Vec::new();
                for _ in input[..count].iter().filter(|&&byte| byte == b'\n') {
                    *roll += 1;
                    writeln!(tickets, "{roll}")?;
                }
                stream.write_all(&tickets)?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Status::Drained),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Status::Unfinished)
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
