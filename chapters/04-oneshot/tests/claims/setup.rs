//! What the experiments share: connections, and an epoll that speaks in words.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::SockRef;

/// Both ends of a connection: the client's and the server's, which is nonblocking.
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    server.set_nonblocking(true).unwrap();
    (client, server)
}

/// Closes with RST instead of FIN.
pub fn reset(client: TcpStream) {
    let at_once = Some(Duration::ZERO);
    SockRef::from(&client).set_linger(at_once).unwrap();
    drop(client);
}

/// An epoll that reports `(number, "IN|RDHUP")`.
pub struct Watcher(pub Epoll);

impl Watcher {
    pub fn new() -> Self {
        Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap())
    }

    pub fn add(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        let event = EpollEvent::new(interest, number);
        self.0.add(socket, event).unwrap();
    }

    pub fn re_arm(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        let mut event = EpollEvent::new(interest, number);
        self.0.modify(socket, &mut event).unwrap();
    }

    /// What is reported at once.
    pub fn now(&self) -> Vec<(u64, String)> {
        self.wait(EpollTimeout::ZERO)
    }

    /// What is reported as soon as there is something.
    pub fn next(&self) -> Vec<(u64, String)> {
        let reported = self.wait(3000_u16.into());
        assert!(!reported.is_empty(), "nothing was reported within 3 s");
        reported
    }

    fn wait(&self, timeout: EpollTimeout) -> Vec<(u64, String)> {
        let mut events = [EpollEvent::empty(); 64];
        let count = self.0.wait(&mut events, timeout).unwrap();
        let reported = events[..count].iter();
        reported
            .map(|event| (event.data(), level::names(event.events())))
            .collect()
    }
}

/// One report, as [`Watcher`] gives it.
pub fn report(number: u64, flags: &str) -> Vec<(u64, String)> {
    vec![(number, flags.to_owned())]
}
