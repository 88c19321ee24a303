//! The socket to the server: connecting, what is to be sent, what has come.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use socket2::{Domain, Protocol, Socket, Type};

/// How much may wait to be sent before nothing more is taken from a file or a pipe.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// How many bytes one `read` takes at the most.
const CHUNK: usize = 16 * 1024;

/// A line of the server's that is longer is shown in pieces of this size.
const LINE_LIMIT: usize = 16 * 1024;

/// The connection to the server.
pub struct Connection {
    addresses: Vec<SocketAddr>,
    state: State,
    /// What epoll watches the present socket for.
    interest: EpollFlags,
    input: Vec<u8>,
    output: Vec<u8>,
    sending: Sending,
}

enum State {
    Down,
    /// To the address of this index.
    Connecting(TcpStream, usize),
    Open(TcpStream),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    GoesOn,
    /// Nothing follows what waits.
    Ends,
    /// The server knows.
    Ended,
}

/// What an event of the socket's has brought.
pub enum News {
    /// Nothing yet.
    Nothing,
    /// There is a connection.
    Connected,
    /// These lines.
    Lines(Vec<String>),
    /// The server has closed.
    Closed,
}

impl Connection {
    /// A connection to the first of `addresses` that will answer; [`connect`](Self::connect) begins.
    #[must_use]
    pub fn to(addresses: Vec<SocketAddr>) -> Self {
        Self {
            addresses,
            state: State::Down,
            interest: EpollFlags::empty(),
            input: Vec::new(),
            output: Vec::new(),
            sending: Sending::GoesOn,
        }
    }

    /// Begins to connect, and lets `epoll` report the socket as `token`.
    ///
    /// # Errors
    /// If no address can be reached, with the last one's reason.
    pub fn connect(&mut self, epoll: &Epoll, token: u64) -> io::Result<()> {
        self.input.clear();
        self.output.clear(); // half a line of it may have gone out over another connection
        self.connect_from(0, epoll, token, ErrorKind::AddrNotAvailable.into())
    }

    /// Tries the addresses from `index` on; where there are none, `error` is why.
    fn connect_from(
        &mut self,
        index: usize,
        epoll: &Epoll,
        token: u64,
        mut error: io::Error,
    ) -> io::Result<()> {
        self.state = State::Down;
        for (index, &address) in self.addresses.iter().enumerate().skip(index) {
            match begin(address) {
                Ok(stream) => {
                    self.interest = EpollFlags::EPOLLOUT;
                    epoll.add(&stream, EpollEvent::new(self.interest, token))?;
                    self.state = State::Connecting(stream, index);
                    return Ok(());
                }
                Err(failed) => error = failed,
            }
        }
        Err(error)
    }

    /// Whether lines can be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Whether there is room for more to be sent.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.is_open() && self.output.len() < OUTPUT_LIMIT
    }

    /// Whether nothing more will be sent.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.sending != Sending::GoesOn
    }

    /// Sends whole lines, each with its line feed.
    pub fn send(&mut self, lines: &[u8]) {
        self.output.extend_from_slice(lines);
        self.flush();
    }

    /// Answers that the user is still there, which whatever waits to be sent says as well. A server that
    /// asks and asks, and never reads, would else fill the memory with answers.
    pub fn answer(&mut self, line: &[u8]) {
        if self.output.is_empty() && !self.is_finished() {
            self.send(line);
        }
    }

    /// Ends the sending direction, once all is sent. The server can still answer (`shutdown(2)`).
    pub fn finish(&mut self) {
        self.sending = Sending::Ends;
        self.flush();
    }

    /// Gives the connection up.
    pub fn close(&mut self) {
        self.state = State::Down;
    }

    /// Tells `epoll` what to watch for: room to write only while something waits to be written.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn update(&mut self, epoll: &Epoll, token: u64) -> io::Result<()> {
        let State::Open(stream) = &self.state else {
            return Ok(());
        };
        let mut wanted = EpollFlags::EPOLLIN;
        wanted.set(EpollFlags::EPOLLOUT, !self.output.is_empty());
        if wanted != self.interest {
            epoll.modify(stream, &mut EpollEvent::new(wanted, token))?;
            self.interest = wanted;
        }
        Ok(())
    }

    /// Does what an event asks for.
    ///
    /// # Errors
    /// If the connection is lost, or doesn't come about.
    pub fn on_event(&mut self, epoll: &Epoll, token: u64) -> io::Result<News> {
        match &self.state {
            State::Down => Ok(News::Nothing),
            State::Connecting(..) => self.finish_connecting(epoll, token),
            State::Open(_) => {
                self.flush();
                self.read()
            }
        }
    }

    fn finish_connecting(&mut self, epoll: &Epoll, token: u64) -> io::Result<News> {
        let State::Connecting(stream, index) = std::mem::replace(&mut self.state, State::Down)
        else {
            return Ok(News::Nothing);
        };
        match check(&stream) {
            Ok(()) => {
                self.state = State::Open(stream);
                Ok(News::Connected)
            }
            Err(error) => {
                drop(stream);
                self.connect_from(index + 1, epoll, token, error)?;
                Ok(News::Nothing)
            }
        }
    }

    fn read(&mut self) -> io::Result<News> {
        let State::Open(stream) = &mut self.state else {
            return Ok(News::Nothing);
        };
        let old = self.input.len();
        self.input.resize(old + CHUNK, 0);
        let result = stream.read(&mut self.input[old..]);
        self.input.truncate(old + *result.as_ref().unwrap_or(&0));
        match result {
            Ok(0) if self.input.is_empty() => Ok(News::Closed),
            // An unfinished line. Level-triggered, the end of the stream is reported again.
            Ok(0) => Ok(News::Lines(vec![text(&std::mem::take(&mut self.input))])),
            Ok(_) => Ok(News::Lines(self.take_lines())),
            Err(error) if is_for_now(&error) => Ok(News::Nothing),
            Err(error) => Err(error),
        }
    }

    fn take_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = &self.input[..];
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            lines.push(text(&rest[..end]));
            rest = &rest[end + 1..];
        }
        if rest.len() > LINE_LIMIT {
            lines.push(text(rest));
            rest = &[];
        }
        self.input = rest.to_vec();
        lines
    }

    /// Writes what there is room for.
    fn flush(&mut self) {
        let State::Open(stream) = &mut self.state else {
            return;
        };
        while !self.output.is_empty() {
            match stream.write(&self.output) {
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // The server has gone. Its last words may wait to be read; after them, `read` fails.
                Err(_) => self.output.clear(),
            }
        }
        if self.sending == Sending::Ends {
            let _ = stream.shutdown(Shutdown::Write); // fails where the server has gone: as above
            self.sending = Sending::Ended;
        }
    }
}

/// Begins to connect to `address`: a nonblocking socket is writable when that has come to an end,
/// good or bad (`connect(2)`, EINPROGRESS).
fn begin(address: SocketAddr) -> io::Result<TcpStream> {
    let kind = Type::STREAM.nonblocking().cloexec();
    let socket = Socket::new(Domain::for_address(address), kind, Some(Protocol::TCP))?;
    match socket.connect(&address.into()) {
        Err(error) if error.raw_os_error() == Some(Errno::EINPROGRESS as i32) => {}
        result => result?,
    }
    Ok(socket.into())
}

/// How connecting has ended.
fn check(stream: &TcpStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    // Where no server listens any more, the kernel may pick that very port for this side: then the
    // socket is connected to itself (a simultaneous open, RFC 9293 §3.5).
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    Ok(())
}

fn is_for_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// A line as text; its bytes needn't be UTF-8.
fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};

    use nix::sys::epoll::{Epoll, EpollCreateFlags};
    use socket2::{Domain, Socket, Type};

    use super::super::wait::wait;
    use super::{Connection, News, check};

    #[test]
    fn a_socket_that_is_connected_to_itself_has_no_server() {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        socket.bind(&any.into()).expect("a port");
        let own = socket.local_addr().expect("an address");
        socket.connect(&own).expect("a simultaneous open");
        assert!(check(&socket.into()).is_err());
    }

    #[test]
    fn while_something_waits_to_be_sent_no_answer_is_added() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).expect("an epoll");
        let address = listener.local_addr().expect("an address");
        let mut connection = Connection::to(vec![address]);
        connection.connect(&epoll, 0).expect("it begins");
        let (_never_reads, _) = listener.accept().expect("a connection");
        loop {
            let _ = wait(&epoll, None).expect("an event");
            if let News::Connected = connection.on_event(&epoll, 0).expect("a connection") {
                break;
            }
        }
        while connection.output.is_empty() {
            connection.send(&b"hello\n".repeat(10_000));
        }
        let waiting = connection.output.len();
        connection.answer(b"/pong\n");
        assert_eq!(connection.output.len(), waiting);
    }
}
