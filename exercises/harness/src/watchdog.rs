//! The watchdog: looks into a process that keeps somebody waiting, and says what it is doing.
//!
//! ```text
//!   thread answer   sleeps in epoll_wait(fd 5)
//!   fd 3   listener 127.0.0.1:40001, nobody waits in its accept queue
//!   fd 5   epoll: watches fd 3 for IN, fd 6 for IN|ET
//!   fd 6   this client's connection, 4,096 bytes wait unread
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::conclusion;
use crate::descriptors::{Descriptor, descriptors};
use crate::events::{self, Watch};
use crate::peer::{Awaited, Waiting};
use crate::sockets::{State, TcpSocket, tcp_sockets};
use crate::syscalls::Purpose;
use crate::threads::{Doing, Thread, threads};
use crate::words::{count, duration, thousands};

/// A thread that is busy for so much of the time, in percent, spins.
pub(crate) const SPINNING: u64 = 50;
/// Lines shown of each kind of thing.
const LINES: usize = 3;
/// Descriptors shown of one epoll, poll or select.
const WATCHES: usize = 3;

/// What the watchdog saw.
pub(crate) struct Report {
    pub(crate) lines: Vec<String>,
    /// What follows from it, where one thing does.
    pub(crate) conclusion: Option<String>,
}

/// A process at one moment.
pub(crate) struct Snapshot {
    pub(crate) threads: Vec<Thread>,
    pub(crate) descriptors: BTreeMap<i32, Descriptor>,
    /// The client that waits, if one does.
    pub(crate) client: Option<SocketAddr>,
    /// What it waits for.
    pub(crate) awaited: Awaited,
    /// Whether that client is still in an accept queue.
    pub(crate) client_is_queued: bool,
}

/// Looks at process `pid`, which keeps somebody waiting.
pub(crate) fn look(pid: u32, Waiting { client, awaited }: Waiting) -> Report {
    let threads = threads(pid);
    let sockets = tcp_sockets(pid);
    let mut snapshot = Snapshot {
        threads,
        descriptors: descriptors(pid, &sockets),
        client,
        awaited,
        client_is_queued: false,
    };
    snapshot.client_is_queued = sockets.iter().any(|socket| {
        Some(socket.remote) == client
            && is_queued(socket)
            && snapshot
                .listeners()
                .iter()
                .any(|(_, address, _)| address.port() == socket.local.port())
    });
    Report {
        lines: snapshot.lines(),
        conclusion: conclusion::draw(&snapshot),
    }
}

/// Whether a socket is in an accept queue: open, and held by no process.
fn is_queued(socket: &TcpSocket) -> bool {
    socket.inode == 0 && matches!(socket.state, State::Established | State::CloseWait)
}

impl Snapshot {
    /// The connections, the one of the waiting client first, then those where something waits.
    pub(crate) fn connections(&self) -> Vec<(i32, &TcpSocket)> {
        let mut connections: Vec<(i32, &TcpSocket)> = self
            .descriptors
            .iter()
            .filter_map(|(&fd, descriptor)| match descriptor {
                Descriptor::Connection(socket) => Some((fd, socket)),
                _ => None,
            })
            .collect();
        connections.sort_by_key(|(fd, socket)| {
            (
                Some(socket.remote) != self.client,
                socket.unread == 0,
                socket.unsent == 0,
                *fd,
            )
        });
        connections
    }

    /// The listeners: descriptor, address, connections in the accept queue.
    pub(crate) fn listeners(&self) -> Vec<(i32, SocketAddr, usize)> {
        self.descriptors
            .iter()
            .filter_map(|(&fd, descriptor)| match descriptor {
                Descriptor::Listener { address, waiting } => Some((fd, *address, *waiting)),
                _ => None,
            })
            .collect()
    }

    /// The epolls and what they watch.
    pub(crate) fn epolls(&self) -> Vec<(i32, &[Watch])> {
        self.descriptors
            .iter()
            .filter_map(|(&fd, descriptor)| match descriptor {
                Descriptor::Epoll(watches) => Some((fd, watches.as_slice())),
                _ => None,
            })
            .collect()
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let client = self.connections().first().map(|(fd, _)| *fd);
        let mut threads: Vec<&Thread> = self.threads.iter().collect();
        threads.sort_by_key(|thread| {
            let is_about_client = thread.awaits().iter().any(|watch| Some(watch.fd) == client);
            (thread.busy < SPINNING, !is_about_client)
        });
        let threads = threads
            .iter()
            .map(|thread| format!("thread {:<9} {}", thread.name, self.doing(thread)));
        add(&mut lines, threads.collect(), "thread");
        let listeners = self.listeners().into_iter().map(|(fd, address, waiting)| {
            let waiting = match waiting {
                0 => "nobody waits".to_owned(),
                1 => "1 connection waits".to_owned(),
                more => format!("{} wait", count(more, "connection")),
            };
            named(
                fd,
                &format!("listener {address}, {waiting} in its accept queue"),
            )
        });
        add(&mut lines, listeners.collect(), "listener");
        let epolls = self
            .epolls()
            .into_iter()
            .map(|(fd, watches)| named(fd, &format!("epoll: watches {}", self.watched(watches))));
        add(&mut lines, epolls.collect(), "epoll");
        let connections = self.connections();
        let connections = connections
            .iter()
            .map(|(fd, socket)| named(*fd, &self.connection(socket)));
        add(&mut lines, connections.collect(), "connection");
        let others = self
            .descriptors
            .iter()
            .filter_map(|(&fd, descriptor)| match descriptor {
                Descriptor::Other(what) if self.is_awaited(fd) => Some(named(fd, what)),
                _ => None,
            });
        add(&mut lines, others.collect(), "other descriptor");
        lines
    }

    fn doing(&self, thread: &Thread) -> String {
        if thread.busy >= SPINNING {
            let Thread { busy, kernel, .. } = thread;
            return format!("spins: busy {busy} % of the time, {kernel} % in the kernel");
        }
        match &thread.doing {
            Doing::Running => "runs".to_owned(),
            Doing::Stopped => "was stopped by a signal".to_owned(),
            Doing::Unknown => "can't be looked into".to_owned(),
            Doing::Sleeping(call) => {
                let about = match call.purpose {
                    Purpose::Lock => ": waits for a lock or a thread".to_owned(),
                    Purpose::Pause => ": lets time pass".to_owned(),
                    Purpose::Poll | Purpose::Select => format!("({})", self.watched(&call.fds)),
                    Purpose::Other => String::new(),
                    _ => call
                        .fds
                        .first()
                        .map_or(String::new(), |watch| format!("(fd {})", watch.fd)),
                };
                let limit = call.limit.map(duration);
                let limit = limit.map_or(String::new(), |limit| format!(", for {limit} at most"));
                format!("sleeps in {}{about}{limit}", call.name)
            }
        }
    }

    fn connection(&self, socket: &TcpSocket) -> String {
        let whose = if Some(socket.remote) == self.client {
            "this client's connection".to_owned()
        } else {
            format!("connection from {}", socket.remote)
        };
        let waits = match (socket.unread, socket.unsent) {
            (0, 0) => "nothing waits".to_owned(),
            (unread, 0) => format!("{} wait unread", count(unread, "byte")),
            (0, unsent) => format!("{} wait unsent", count(unsent, "byte")),
            (unread, unsent) => {
                format!(
                    "{} unread, {} unsent",
                    count(unread, "byte"),
                    count(unsent, "byte")
                )
            }
        };
        let end = if socket.state == State::CloseWait {
            ", at end of file"
        } else {
            ""
        };
        format!("{whose}, {waits}{end}")
    }

    /// Whether a thread or an epoll waits for `fd`.
    fn is_awaited(&self, fd: i32) -> bool {
        let watched = self.epolls().into_iter().flat_map(|(_, watches)| watches);
        let called = self.threads.iter().flat_map(Thread::awaits);
        watched.chain(called).any(|watch| watch.fd == fd)
    }

    /// `fd 3 for IN, fd 4 for IN|ET, … and 7 more`, what matters first.
    fn watched(&self, watches: &[Watch]) -> String {
        let order: Vec<i32> = self.connections().iter().map(|(fd, _)| *fd).collect();
        let mut watches = watches.to_vec();
        watches.sort_by_key(|watch| {
            let rank = order.iter().position(|fd| *fd == watch.fd);
            (rank.unwrap_or_default(), watch.fd)
        });
        let mut parts: Vec<String> = watches
            .iter()
            .copied()
            .take(WATCHES)
            .map(watched_one)
            .collect();
        match watches.len() {
            0 => parts.push("nothing".to_owned()),
            number if number > WATCHES => {
                parts.push(format!("… and {} more", thousands(number - WATCHES)));
            }
            _ => {}
        }
        parts.join(", ")
    }
}

fn watched_one(watch: Watch) -> String {
    if watch.is_spent() {
        return format!("fd {} no more (ONESHOT has fired)", watch.fd);
    }
    format!("fd {} for {}", watch.fd, events::names(watch.events))
}

/// `fd 3` and what it is, aligned.
fn named(fd: i32, what: &str) -> String {
    format!("{:<6} {what}", format!("fd {fd}"))
}

/// Adds the first few of `new`, indented, and the number of the rest.
fn add(lines: &mut Vec<String>, new: Vec<String>, noun: &str) {
    let rest = new.len().saturating_sub(LINES);
    lines.extend(new.into_iter().take(LINES).map(|line| format!("  {line}")));
    if rest > 0 {
        lines.push(format!("  … and {}", count(rest, &format!("more {noun}"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_four_digits_has_a_blank_behind_it() {
        assert_eq!(named(4, "a pipe"), "fd 4   a pipe");
        assert_eq!(named(1024, "a pipe"), "fd 1024 a pipe");
    }

    #[test]
    fn a_socket_in_time_wait_is_in_no_accept_queue() {
        let queued = TcpSocket {
            local: ([127, 0, 0, 1], 80).into(),
            remote: ([127, 0, 0, 1], 50_000).into(),
            state: State::Established,
            unsent: 0,
            unread: 0,
            inode: 0,
        };
        assert!(is_queued(&queued));
        assert!(!is_queued(&TcpSocket {
            inode: 4242,
            ..queued.clone()
        }));
        assert!(!is_queued(&TcpSocket {
            state: State::Other,
            ..queued
        }));
    }
}
