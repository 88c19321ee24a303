//! Wrong: takes the listener out of epoll, but leaves it open.
//! Caught by: newcomers_are_refused
//! Says: the listener is no longer watched, but it is open

use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const LISTENER: u64 = u64::MAX;
const STOP: u64 = u64::MAX - 1;

/// Sends back the lines of all clients of `listener`, until `stop` becomes readable; then lets the
/// clients go, for no longer than `grace`.
///
/// # Errors
///
/// If the listener or epoll has failed; never because of a client.
pub fn serve(listener: TcpListener, stop: BorrowedFd<'_>, grace: Duration) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut server = Server {
        epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        listener: Some(listener),
        clients: HashMap::new(),
        next: 0,
        deadline: None,
    };
    let input = |token| EpollEvent::new(EpollFlags::EPOLLIN, token);
    if let Some(listener) = &server.listener {
        server.epoll.add(listener, input(LISTENER))?;
    }
    server.epoll.add(stop, input(STOP))?;
    let mut events = [EpollEvent::empty(); 64];
    while !server.has_ended() {
        let count = match server.epoll.wait(&mut events, server.timeout()) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            match event.data() {
                LISTENER => server.accept()?,
                STOP => {
                    // It stays readable, as nobody reads it: once is enough.
                    server.epoll.delete(stop)?;
                    server.stop(grace)?;
                }
                token => server.serve(token, event.events())?,
            }
        }
    }
    Ok(())
}

struct Server {
    epoll: Epoll,
    /// None once it is stopping.
    listener: Option<TcpListener>,
    clients: HashMap<u64, Client>,
    /// The next client's token.
    next: u64,
    /// When it ends, if it is stopping.
    deadline: Option<Instant>,
}

impl Server {
    fn accept(&mut self) -> io::Result<()> {
        let Some(listener) = &self.listener else {
            return Ok(()); // its event came in one batch with STOP
        };
        if let Some((stream, _)) = unless_it_would_block(listener.accept())? {
            stream.set_nonblocking(true)?;
            let client = Client {
                stream,
                input: Vec::new(),
                output: VecDeque::new(),
                ended: false,
                stopping: false,
            };
            let event = EpollEvent::new(client.interest(), self.next);
            self.epoll.add(&client.stream, event)?;
            self.clients.insert(self.next, client);
            self.next += 1;
        }
        Ok(())
    }

    /// Reads and writes, and drops a client that is done, or whose connection is broken.
    fn serve(&mut self, token: u64, ready: EpollFlags) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&token) else {
            return Ok(());
        };
        let result = client.turn(ready);
        if result.is_err() || client.ended && client.output.is_empty() {
            self.clients.remove(&token);
            return Ok(());
        }
        let mut event = EpollEvent::new(client.interest(), token);
        Ok(self.epoll.modify(&client.stream, &mut event)?)
    }

    fn stop(&mut self, grace: Duration) -> io::Result<()> {
        if let Some(listener) = &self.listener {
            self.epoll.delete(listener)?;
        }
        self.deadline = Some(Instant::now() + grace);
        let tokens: Vec<u64> = self.clients.keys().copied().collect();
        for token in tokens {
            if let Some(client) = self.clients.get_mut(&token) {
                client.stopping = true;
            }
            // Those who have got everything will have no event that would tell them.
            self.serve(token, EpollFlags::empty())?;
        }
        Ok(())
    }

    fn has_ended(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| self.clients.is_empty() || Instant::now() >= deadline)
    }

    /// How long to wait for events.
    fn timeout(&self) -> EpollTimeout {
        let Some(deadline) = self.deadline else {
            return EpollTimeout::NONE;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        // The conversion rounds down: without another millisecond the last one would be a busy loop.
        EpollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(EpollTimeout::MAX)
    }
}

struct Client {
    stream: TcpStream,
    /// The beginning of a line.
    input: Vec<u8>,
    /// Answers that wait to be sent.
    output: VecDeque<u8>,
    /// The client has finished sending.
    ended: bool,
    /// The server is stopping: no more lines are accepted.
    stopping: bool,
}

impl Client {
    /// What epoll is to watch it for.
    fn interest(&self) -> EpollFlags {
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, !self.ended);
        interest.set(EpollFlags::EPOLLOUT, !self.output.is_empty());
        interest
    }

    /// Reads once, if there is something, and writes what the socket takes.
    fn turn(&mut self, ready: EpollFlags) -> io::Result<()> {
        if ready.contains(EpollFlags::EPOLLIN) {
            self.read()?;
        }
        self.write()?;
        if self.stopping && self.output.is_empty() {
            // Not a close: what is under way arrives, and what still comes gets read.
            self.stream.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }

    /// Reads once, and answers the lines that are complete.
    fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let Some(count) = unless_it_would_block(self.stream.read(&mut chunk))? else {
            return Ok(());
        };
        self.ended = count == 0;
        if self.stopping {
            return Ok(());
        }
        self.input.extend_from_slice(&chunk[..count]);
        let is_lf = |byte: &u8| *byte == b'\n';
        let lines = self.input.iter().rposition(is_lf).map_or(0, |at| at + 1);
        self.output.extend(&self.input[..lines]);
        self.input.drain(..lines);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let (front, _) = self.output.as_slices();
            match unless_it_would_block(self.stream.write(front))? {
                None => break,
                Some(count) => drop(self.output.drain(..count)),
            }
        }
        Ok(())
    }
}

/// None for `WouldBlock`: nothing to read, no room to write.
fn unless_it_would_block<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
