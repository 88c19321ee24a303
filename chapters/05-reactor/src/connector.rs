//! Outgoing connections: several addresses, tried one after the other until one answers.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;
use std::vec;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};
use tracing::trace;

use crate::clock::Clock;
use crate::slots::{Key, Slots};
use crate::timers::Timers;
use crate::token::Token;

/// How long the next address waits for the one before (RFC 8305 §5, "Connection Attempt Delay").
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Names one outgoing connection until it is there or has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectorId(pub(crate) Key);

/// One outgoing connection that isn't there yet.
///
/// ```text
///   0 ms     connect(first) ── EINPROGRESS ──────────────────────── (still no answer)
///   250 ms   connect(second) ── EINPROGRESS ── EPOLLOUT, SO_ERROR 0 ─► it is the connection,
///            connect(third)  … not reached                            and the first is closed
/// ```
#[derive(Debug)]
struct Connector {
    /// The address of ours to connect from; the kernel's choice, if that is `None`.
    source: Option<IpAddr>,
    /// Addresses that are still to be tried.
    addresses: vec::IntoIter<SocketAddr>,
    /// Sockets that have not answered yet.
    attempts: Vec<TcpStream>,
    /// When all of it is given up.
    deadline: u64,
    /// Why the last address failed.
    error: Option<io::Error>,
}

/// What has become of a connector.
pub(crate) type Outcome = io::Result<TcpStream>;

/// The outgoing connections of a reactor that aren't there yet.
#[derive(Debug)]
pub(crate) struct Connectors {
    pending: Slots<Connector>,
    /// When the next address of each is to be tried, or its time is up.
    timers: Timers,
    /// Those that failed when they were asked for, to be told of in this turn.
    failed: Vec<ConnectorId>,
}

impl Connectors {
    pub fn new() -> Self {
        Self {
            pending: Slots::new(),
            timers: Timers::default(),
            failed: Vec::new(),
        }
    }

    /// Tries the first of `addresses`; the others follow.
    pub fn add(
        &mut self,
        epoll: &Epoll,
        clock: &mut Clock,
        source: Option<IpAddr>,
        addresses: Vec<SocketAddr>,
        within: Duration,
    ) -> ConnectorId {
        let id = ConnectorId(self.pending.insert(Connector {
            source,
            addresses: addresses.into_iter(),
            attempts: Vec::new(),
            deadline: clock.after(within),
            error: None,
        }));
        if !self.go_on(epoll, clock, id) {
            self.failed.push(id);
        }
        id
    }

    /// Tries the next address. False if there is none, and none before it may answer any more.
    fn go_on(&mut self, epoll: &Epoll, clock: &mut Clock, id: ConnectorId) -> bool {
        let Some(connector) = self.pending.get_mut(id.0) else {
            return true;
        };
        connector.try_next(epoll, id);
        let next = if connector.addresses.as_slice().is_empty() {
            connector.deadline
        } else {
            clock.after(ATTEMPT_DELAY).min(connector.deadline)
        };
        self.timers.set(id.0.slot(), next);
        !connector.attempts.is_empty()
    }

    /// Epoll has reported one of the attempts of `id`. None as long as it may still succeed.
    pub fn ready(&mut self, epoll: &Epoll, clock: &mut Clock, id: ConnectorId) -> Option<Outcome> {
        let connector = self.pending.get_mut(id.0)?;
        let before = connector.attempts.len();
        if let Some(stream) = connector.take_answer() {
            self.remove(id);
            let _ = epoll.delete(&stream); // from now on it is watched as a connection
            return Some(Ok(stream));
        }
        // The address behind one that has failed needn't wait.
        let failed = connector.attempts.len() < before;
        if failed && !self.go_on(epoll, clock, id) {
            return self.give_up(id);
        }
        None
    }

    /// One whose next step is due: None as its outcome if that was to try another address.
    pub fn due(
        &mut self,
        epoll: &Epoll,
        clock: &mut Clock,
    ) -> Option<(ConnectorId, Option<Outcome>)> {
        if let Some(id) = self.failed.pop() {
            return Some((id, self.give_up(id)));
        }
        let now = clock.now();
        let slot = self.timers.expired(now)?;
        let (key, connector) = self.pending.tenant(slot)?;
        let id = ConnectorId(key);
        let late = connector.deadline <= now;
        if late {
            let error = "no address has answered in time";
            self.remove(id);
            return Some((id, Some(Err(io::Error::new(ErrorKind::TimedOut, error)))));
        }
        let outcome = if self.go_on(epoll, clock, id) {
            None
        } else {
            self.give_up(id)
        };
        Some((id, outcome))
    }

    /// When a step is due.
    pub fn next_deadline(&self) -> Option<u64> {
        if self.failed.is_empty() {
            self.timers.next()
        } else {
            Some(0)
        }
    }

    /// Forgets `id`, and closes its sockets.
    pub fn remove(&mut self, id: ConnectorId) {
        self.timers.clear(id.0.slot());
        self.pending.remove(id.0);
    }

    /// All addresses of `id` have failed.
    fn give_up(&mut self, id: ConnectorId) -> Option<Outcome> {
        self.timers.clear(id.0.slot());
        let connector = self.pending.remove(id.0)?;
        let none = || io::Error::new(ErrorKind::InvalidInput, "there is no address to connect to");
        Some(Err(connector.error.unwrap_or_else(none)))
    }

    /// All that are left.
    pub fn ids(&self) -> Vec<ConnectorId> {
        let keys = self.pending.iter().map(|(key, _)| ConnectorId(key));
        keys.collect()
    }
}

impl Connector {
    /// Begins with the next address for which that is possible.
    fn try_next(&mut self, epoll: &Epoll, id: ConnectorId) {
        for address in self.addresses.by_ref() {
            match begin(self.source, address, epoll, id) {
                Ok(stream) => return self.attempts.push(stream),
                Err(error) => self.error = Some(error),
            }
        }
    }

    // ANCHOR: answer
    /// The attempt that has become a connection, if one has. Those that have failed are dropped.
    fn take_answer(&mut self) -> Option<TcpStream> {
        let mut index = 0;
        while let Some(stream) = self.attempts.get(index) {
            let failure = match stream.take_error() {
                Ok(None) => None,
                Ok(Some(error)) | Err(error) => Some(error),
            };
            match (failure, stream.peer_addr()) {
                (None, Ok(peer)) if stream.local_addr().ok() == Some(peer) => {
                    // The kernel chose the very port that it was to connect to: TCP has met itself.
                    self.error = Some(ErrorKind::ConnectionRefused.into());
                    self.attempts.swap_remove(index);
                }
                (None, Ok(_)) => return Some(self.attempts.swap_remove(index)),
                (None, Err(_)) => index += 1, // it has neither succeeded nor failed
                (Some(error), _) => {
                    trace!(fd = stream.as_raw_fd(), call = "connect", %error, "error");
                    self.error = Some(error);
                    self.attempts.swap_remove(index);
                }
            }
        }
        None
    }
    // ANCHOR_END: answer
}

// ANCHOR: begin
/// Begins to connect, and has epoll tell when that is decided: the socket becomes writable, whether
/// it has succeeded or failed; `SO_ERROR` says which (`connect(2)`, EINPROGRESS).
fn begin(
    source: Option<IpAddr>,
    address: SocketAddr,
    epoll: &Epoll,
    id: ConnectorId,
) -> io::Result<TcpStream> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM.nonblocking(),
        Some(Protocol::TCP),
    )?;
    socket.set_tcp_nodelay(true)?;
    if let Some(source) = source {
        // The port is chosen by `connect`, which may give the same one to connections with different
        // targets. `bind` would have to choose one that no other socket has (ip(7)).
        setsockopt(&socket, sockopt::IpBindAddressNoPort, &true)?;
        socket.bind(&SocketAddr::new(source, 0).into())?;
    }
    match socket.connect(&address.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(Errno::EINPROGRESS as i32) => {}
        Err(error) => return Err(error),
    }
    trace!(fd = socket.as_raw_fd(), peer = %address, "connect");
    let event = EpollEvent::new(EpollFlags::EPOLLOUT, Token::Connector(id).pack());
    epoll.add(&socket, event)?;
    Ok(socket.into())
}
// ANCHOR_END: begin
