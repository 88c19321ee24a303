//! The world after each event: threads, descriptors, connections, and what waits where.

use std::collections::BTreeMap;

use workbench::trace::Record;

use super::connection::{Connection, End};
use crate::recording::{by_client, field};

/// A thread is in a call that may sleep, or runs.
#[derive(Debug)]
pub struct InCall {
    pub call: String,
    pub fd: Option<i64>,
}

/// The interest in a descriptor, as epoll keeps it.
#[derive(Debug)]
pub struct Watch {
    pub interest: String,
    /// Something has happened that edge triggering has not reported yet.
    edge: bool,
    /// Still armed: EPOLLONESHOT disarms with the first report.
    pub armed: bool,
}

/// Everything that is known after an event.
#[derive(Debug, Default)]
pub struct State {
    pub threads: BTreeMap<String, Option<InCall>>,
    pub listeners: BTreeMap<i64, String>,
    pub connections: Vec<Connection>,
    pub watched: BTreeMap<i64, Watch>,
}

impl State {
    /// The descriptor that a client's bytes come to: its connection's, or its listener's while it
    /// waits to be accepted.
    pub fn reached_by(&self, client: &str) -> Option<i64> {
        let connection = self.of_client(client)?;
        if connection.accepted {
            connection.fd
        } else {
            self.any_listener()
        }
    }

    /// The listener; the recorded servers have one.
    pub fn any_listener(&self) -> Option<i64> {
        self.listeners.keys().next().copied()
    }

    /// The newest connection of a client.
    pub fn of_client(&self, client: &str) -> Option<&Connection> {
        self.connections
            .iter()
            .rev()
            .find(|connection| connection.client == client)
    }

    /// The connection behind a descriptor.
    pub fn on(&self, fd: i64) -> Option<&Connection> {
        self.connections
            .iter()
            .find(|connection| connection.fd == Some(fd))
    }

    /// The client at an address, or the address itself.
    pub fn client_at(&self, address: &str) -> String {
        let known = self
            .connections
            .iter()
            .rev()
            .find(|connection| connection.address == address);
        known.map_or_else(
            || address.to_owned(),
            |connection| connection.client.clone(),
        )
    }

    /// The clients that wait to be accepted.
    pub fn queue(&self) -> Vec<&Connection> {
        self.connections
            .iter()
            .filter(|connection| !connection.accepted)
            .collect()
    }

    /// The threads that sleep in a call on this descriptor.
    pub fn sleepers(&self, fd: i64) -> Vec<&str> {
        let on_it = |in_call: &InCall| in_call.fd == Some(fd) || self.watched.contains_key(&fd);
        let threads = self.threads.iter().filter(|(_, in_call)| {
            in_call
                .as_ref()
                .is_some_and(|in_call| on_it(in_call) && self.sleeps(in_call))
        });
        threads.map(|(thread, _)| thread.as_str()).collect()
    }

    /// The watched descriptors of which epoll has something to report.
    pub fn reportable(&self) -> Vec<i64> {
        let due = self.watched.iter().filter(|(fd, watch)| {
            let edge_triggered = watch.interest.contains("ET");
            watch.armed && self.something_waits(**fd) && (watch.edge || !edge_triggered)
        });
        due.map(|(fd, _)| *fd).collect()
    }

    fn something_waits(&self, fd: i64) -> bool {
        if self.listeners.contains_key(&fd) {
            return !self.queue().is_empty();
        }
        self.on(fd)
            .is_some_and(|connection| connection.unread > 0 || connection.end_waits())
    }

    /// Whether a call that a thread is in has nothing to return for.
    pub fn sleeps(&self, in_call: &InCall) -> bool {
        match (in_call.call.as_str(), in_call.fd) {
            ("accept" | "read", Some(fd)) => !self.something_waits(fd),
            ("epoll_wait" | "select" | "poll", _) => self.reportable().is_empty(),
            _ => false, // a write sleeps only while the kernel's buffers are full
        }
    }

    /// The thread is heard of no more.
    pub fn end_thread(&mut self, thread: &str) {
        self.threads.remove(thread);
    }

    /// Takes in one event.
    pub fn apply(&mut self, event: &Record) {
        if by_client(event) {
            self.apply_client(event);
            return;
        }
        let kind = event.event.as_str();
        let in_call = (kind == "wait").then(|| InCall {
            call: field(event, "call"),
            fd: event.fd,
        });
        self.threads.insert(event.thread.clone(), in_call);
        let Some(fd) = event.fd else { return };
        match kind {
            "listen" => {
                self.listeners.insert(fd, field(event, "address"));
            }
            "accept" => self.accept(fd, &field(event, "peer")),
            "register" | "re-arm" => {
                let interest = field(event, "interest");
                self.watched.insert(
                    fd,
                    Watch {
                        interest,
                        edge: true,
                        armed: true,
                    },
                );
            }
            "unregister" => {
                self.watched.remove(&fd);
            }
            "ready" => {
                if let Some(watch) = self.watched.get_mut(&fd) {
                    watch.edge = false;
                    watch.armed = !watch.interest.contains("ONESHOT");
                }
            }
            "close" => self.close(fd),
            _ => self.move_bytes(kind, fd, event.bytes.unwrap_or(0)),
        }
    }

    fn accept(&mut self, fd: i64, peer: &str) {
        let waiting =
            |connection: &&mut Connection| !connection.accepted && connection.address == peer;
        if let Some(connection) = self.connections.iter_mut().find(waiting) {
            connection.fd = Some(fd);
            connection.accepted = true;
            return;
        }
        self.connections.push(Connection {
            client: peer.to_owned(),
            address: peer.to_owned(),
            fd: Some(fd),
            accepted: true,
            ..Connection::default()
        });
    }

    fn move_bytes(&mut self, kind: &str, fd: i64, bytes: u64) {
        let found = self
            .connections
            .iter_mut()
            .find(|connection| connection.fd == Some(fd));
        let Some(connection) = found else { return };
        match kind {
            "read" => {
                connection.unread = connection.unread.saturating_sub(bytes);
                connection.moved.0 += bytes;
            }
            "write" => {
                connection.unseen += bytes;
                connection.moved.1 += bytes;
            }
            "eof" => connection.end_read = true,
            "shutdown" => connection.close(End::Server),
            _ => {}
        }
    }

    fn close(&mut self, fd: i64) {
        self.listeners.remove(&fd);
        self.watched.remove(&fd);
        let found = self
            .connections
            .iter_mut()
            .find(|connection| connection.fd == Some(fd));
        if let Some(connection) = found {
            connection.reset |= connection.unread > 0;
            connection.close(End::Server);
            connection.fd = None;
        }
    }

    fn apply_client(&mut self, event: &Record) {
        let client = &event.thread;
        if event.event == "connect" {
            let address = field(event, "address");
            self.connections.push(Connection {
                client: client.clone(),
                address,
                ..Connection::default()
            });
        }
        let newest = self
            .connections
            .iter_mut()
            .rev()
            .find(|connection| connection.client == *client);
        let Some(connection) = newest else { return };
        match event.event.as_str() {
            "send" => connection.unread += event.bytes.unwrap_or(0),
            "receive" => {
                connection.unseen = connection.unseen.saturating_sub(event.bytes.unwrap_or(0));
                return; // nothing that the server's end would notice
            }
            "end" => return,
            "finish" | "close" => connection.close(End::Client),
            "reset" => connection.reset = true,
            _ => {}
        }
        if let Some(fd) = self.reached_by(client)
            && let Some(watch) = self.watched.get_mut(&fd)
        {
            watch.edge = true;
        }
    }
}
