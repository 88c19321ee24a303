//! A server that says what the test has it say.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, SockRef, Socket, Type};

use crate::process::{PATIENCE, is_asleep, until};
use crate::tty::Tty;

/// Where the program connects to.
pub struct Server {
    listener: Socket,
}

impl Server {
    pub fn start() -> Self {
        let server = Self::bind("127.0.0.1:0".parse().unwrap());
        server.listener.listen(16).unwrap();
        server
    }

    /// It has its port, and refuses whoever comes until [`listen`](Self::listen).
    fn bind(address: SocketAddr) -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.set_reuse_address(true).unwrap();
        listener.bind(&address.into()).unwrap();
        Self { listener }
    }

    /// A server, and a second one on the same port that doesn't listen yet: so nobody else can take
    /// the port while neither does.
    pub fn start_two() -> (Self, Self) {
        let first = Self::bind("127.0.0.1:0".parse().unwrap());
        let second = Self::bind(first.address());
        first.listener.listen(16).unwrap();
        (first, second)
    }

    pub fn listen(&self) {
        self.listener.listen(16).unwrap();
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap().as_socket().unwrap()
    }

    /// The next client, welcomed.
    #[track_caller]
    pub fn accept(&self) -> Conversation {
        let mut conversation = self.accept_silently();
        conversation.say("- welcome, guest-1: 1 here. /help says what you can do.");
        conversation
    }

    /// The next client.
    #[track_caller]
    pub fn accept_silently(&self) -> Conversation {
        let listener = TcpListener::from(self.listener.try_clone().unwrap());
        wait("a client comes", &listener);
        let (stream, _) = listener.accept().unwrap();
        Conversation {
            stream,
            received: Vec::new(),
        }
    }

    /// The program in a terminal, connected; and the server's side of it.
    #[track_caller]
    pub fn chat(&self, options: &[&str]) -> (Tty, Conversation) {
        let mut tty = Tty::chat(self.address(), options);
        let conversation = self.accept();
        tty.expect("/help says what you can do.");
        tty.expect_line(">");
        (tty, conversation)
    }
}

/// The server's side of a connection.
pub struct Conversation {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Conversation {
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\n").as_bytes());
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Waits for the next line, without its line feed.
    #[track_caller]
    pub fn hear(&mut self) -> String {
        loop {
            if let Some(end) = self.received.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.received.drain(..=end).collect();
                return String::from_utf8_lossy(&line[..end]).into_owned();
            }
            assert!(self.read() > 0, "closed after {:?}", self.received);
        }
    }

    #[track_caller]
    pub fn expect(&mut self, line: &str) {
        assert_eq!(self.hear(), line);
    }

    /// Waits until the client has finished sending; nothing may come before.
    #[track_caller]
    pub fn expect_end(&mut self) {
        while self.read() > 0 {}
        assert_eq!(
            String::from_utf8_lossy(&self.received),
            "",
            "came before the end"
        );
    }

    /// Says things until there is no room for more and the program sleeps.
    pub fn fill(&mut self, pid: i32) {
        self.stream.set_nonblocking(true).unwrap();
        until("nobody takes more", || {
            let asleep = is_asleep(pid);
            let mut full = true;
            while self.stream.write(b"<bob> nobody reads that\n").is_ok() {
                full = false;
            }
            asleep && full
        });
        self.stream.set_nonblocking(false).unwrap();
    }

    /// Whether so many bytes have come that nobody has read yet.
    #[track_caller]
    pub fn has_unread(&self, bytes: usize) -> bool {
        wait("the client sends something", &self.stream);
        self.stream.peek(&mut vec![0; bytes]).unwrap() == bytes
    }

    /// Closes with a reset.
    pub fn reset(self) {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Bytes that came; 0 at the end.
    #[track_caller]
    fn read(&mut self) -> usize {
        wait("the client sends something, or ends", &self.stream);
        let mut bytes = [0; 4096];
        let count = match self.stream.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            result => result.unwrap(),
        };
        self.received.extend_from_slice(&bytes[..count]);
        count
    }
}

/// Waits until there is something to read or to accept.
#[track_caller]
fn wait(what: &str, socket: &impl AsFd) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "not within {PATIENCE:?}: {what}");
        let mut ready = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, PollTimeout::try_from(left).unwrap()) {
            Ok(0) | Err(nix::errno::Errno::EINTR) => {}
            result => {
                result.unwrap();
                return;
            }
        }
    }
}
