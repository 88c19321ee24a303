//! Wrong: sleeps a little and then asks again.
//! Caught by: an_answer_comes_while_the_client_stays
//! Says: That is the moment to leave the loop and answer

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What epoll hands back for the listener; clients count up from 0.
const LISTENER: u64 = u64::MAX;

/// Serves all clients of `listener`, in this thread, for ever.
///
/// # Errors
///
/// If the listener is unusable or the kernel refuses to wait.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut clients = BTreeMap::new();
    let mut tokens = 0..LISTENER;
    let mut events = [EpollEvent::empty(); 64];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(count) => count,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        for token in events[..count].iter().map(EpollEvent::data) {
            if token == LISTENER {
                if let (Some(stream), Some(token)) = (accept(listener)?, tokens.next()) {
                    epoll.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, token))?;
                    clients.insert(token, stream);
                }
            } else if clients
                .get(&token)
                .is_some_and(|client| answer(client).is_err())
            {
                clients.remove(&token);
            }
        }
    }
}

/// Takes one client from the accept queue, if there is one.
fn accept(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    match listener.accept() {
        Ok((stream, _)) => stream.set_nonblocking(true).map(|()| Some(stream)),
        Err(error) if matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads what a ready client has sent and sends it back. The error says that this client has left.
fn answer(mut client: &TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 1024];
    let mut has_left = false;
    while !has_left {
        match client.read(&mut chunk) {
            Ok(0) => has_left = true,
            Ok(count) => request.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    client.write_all(&request)?;
    if has_left {
        Err(ErrorKind::UnexpectedEof.into())
    } else {
        Ok(())
    }
}
