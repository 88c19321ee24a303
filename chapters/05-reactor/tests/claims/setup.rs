//! What the experiments share: connections, and an epoll that speaks in words.

use std::net::TcpStream;
use std::os::fd::AsFd;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Both ends of a connection: the client's and the server's, which is nonblocking.
pub fn pair() -> (TcpStream, TcpStream) {
    let (client, server) = crate::kernel::pair();
    server.set_nonblocking(true).unwrap();
    (client, server)
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

    pub fn modify(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        let mut event = EpollEvent::new(interest, number);
        self.0.modify(socket, &mut event).unwrap();
    }

    /// What is reported at once.
    pub fn now(&self) -> Vec<(u64, String)> {
        self.wait(EpollTimeout::ZERO)
    }

    /// What is reported as soon as there is something.
    pub fn next(&self) -> Vec<(u64, String)> {
        let reported = self.wait(8000_u16.into());
        assert!(!reported.is_empty(), "nothing was reported within 8 s");
        reported
    }

    fn wait(&self, timeout: EpollTimeout) -> Vec<(u64, String)> {
        let mut events = [EpollEvent::empty(); 64];
        let count = self.0.wait(&mut events, timeout).unwrap();
        let names = |event: &EpollEvent| {
            let names = event.events().iter_names();
            let names: Vec<_> = names
                .map(|(name, _)| name.trim_start_matches("EPOLL"))
                .collect();
            (event.data(), names.join("|"))
        };
        events[..count].iter().map(names).collect()
    }
}

/// One report, as [`Watcher`] gives it.
pub fn report(number: u64, flags: &str) -> Vec<(u64, String)> {
    vec![(number, flags.to_owned())]
}
