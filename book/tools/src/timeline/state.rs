//! The world after each event: threads, descriptors, connections, and what waits where.

use std::collections::{BTreeMap, BTreeSet};

use super::connection::Connection;
use super::epoll::Epoll;
use super::foresight::Foresight;
use super::task::Task;

/// A thread is in a call that may sleep.
#[derive(Clone, Debug)]
pub struct InCall {
    pub call: String,
    pub fd: Option<i64>,
    /// Milliseconds; none: for ever.
    pub timeout: Option<i64>,
}

/// Everything that is known after an event.
#[derive(Clone, Debug)]
pub struct State<'a> {
    pub(super) foresight: &'a Foresight<'a>,
    /// The number of the event that was taken in last.
    pub(super) now: usize,
    pub threads: BTreeMap<String, Option<InCall>>,
    pub listeners: BTreeMap<i64, String>,
    pub connections: Vec<Connection>,
    /// By descriptor; 0 where the trace doesn't name it.
    pub epolls: BTreeMap<i64, Epoll>,
    /// Those that have not ended, by the picture's names.
    pub tasks: BTreeMap<String, Task>,
    /// A signal holds the whole server.
    pub held: bool,
}

impl<'a> State<'a> {
    pub fn new(foresight: &'a Foresight<'a>) -> Self {
        Self {
            foresight,
            now: 0,
            threads: BTreeMap::new(),
            listeners: BTreeMap::new(),
            connections: Vec::new(),
            epolls: BTreeMap::new(),
            tasks: BTreeMap::new(),
            held: false,
        }
    }

    /// The descriptor that a client's bytes come to: its connection's, or its listener's while it
    /// waits to be accepted.
    pub fn reached_by(&self, client: &str) -> Option<i64> {
        let connection = self.of_client(client)?;
        if connection.accepted {
            connection.fd
        } else {
            connection.listener
        }
    }

    /// A listener; most of the recorded servers have one.
    pub fn any_listener(&self) -> Option<i64> {
        self.listeners.keys().next().copied()
    }

    /// The listener that a connection from `address` comes to.
    pub fn listener_for(&self, address: &str) -> Option<i64> {
        let known = self.foresight.listener_of(address);
        known.or_else(|| self.any_listener())
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

    pub fn on_mut(&mut self, fd: i64) -> Option<&mut Connection> {
        self.connections
            .iter_mut()
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

    /// The clients that wait to be accepted by a listener.
    pub fn queue(&self, listener: i64) -> Vec<&Connection> {
        self.connections
            .iter()
            .filter(|connection| !connection.accepted && connection.listener == Some(listener))
            .collect()
    }

    /// What the kernel would say of a descriptor: `IN`, `OUT` …
    pub fn ready(&self, fd: i64) -> Vec<&'static str> {
        if self.listeners.contains_key(&fd) {
            return if self.queue(fd).is_empty() {
                vec![]
            } else {
                vec!["IN"]
            };
        }
        self.on(fd).map(Connection::ready).unwrap_or_default()
    }

    /// What the next wait on an epoll would report.
    pub fn due(&self, epoll: i64) -> Vec<i64> {
        let watches = self.epolls.get(&epoll).into_iter().flatten();
        watches
            .filter(|(fd, watch)| watch.is_due(&self.ready(**fd)))
            .map(|(fd, _)| *fd)
            .collect()
    }

    /// All that `select` and `poll` are handed, as these servers use them: every socket, for input.
    pub fn sockets(&self) -> Vec<i64> {
        let connections = self
            .connections
            .iter()
            .filter_map(|connection| connection.fd);
        self.listeners.keys().copied().chain(connections).collect()
    }

    /// What a call that waits for many descriptors would report now.
    pub fn reportable(&self, thread: &str, call: &str) -> Vec<i64> {
        if call == "epoll_wait" {
            return self.due(self.epoll_of(thread));
        }
        let mut ready = self.sockets();
        ready.retain(|fd| self.ready(*fd).contains(&"IN"));
        ready
    }

    /// The epoll that a thread works with.
    pub fn epoll_of(&self, thread: &str) -> i64 {
        self.foresight.epoll_of(thread)
    }

    /// The threads that sleep in a call.
    pub fn asleep(&self) -> BTreeSet<String> {
        let in_calls = self
            .threads
            .iter()
            .filter_map(|(thread, in_call)| Some((thread, in_call.as_ref()?)));
        in_calls
            .filter(|(thread, in_call)| self.sleeps(thread, in_call))
            .map(|(thread, _)| thread.clone())
            .collect()
    }

    /// Whether a call that a thread is in has nothing to return for.
    fn sleeps(&self, thread: &str, in_call: &InCall) -> bool {
        if in_call.timeout == Some(0) {
            return false;
        }
        let has = |flag| in_call.fd.is_some_and(|fd| self.ready(fd).contains(&flag));
        match (in_call.call.as_str(), in_call.fd) {
            ("accept" | "read", Some(_)) => !has("IN"),
            ("poll", Some(_)) => !has("OUT"), // chapter 02 waits so for room
            ("epoll_wait", _) => !self.is_chosen(thread),
            ("select" | "poll", None) => self.reportable(thread, &in_call.call).is_empty(),
            ("lock", _) => true,
            _ => false, // a blocking write sleeps only while there is no room
        }
    }

    /// Each thing that an epoll has to report wakes one of the threads that wait on it; which one,
    /// the recording tells.
    fn is_chosen(&self, thread: &str) -> bool {
        let epoll = self.epoll_of(thread);
        let is_waiting = |(thread, in_call): &(&String, &Option<InCall>)| {
            self.epoll_of(thread) == epoll
                && in_call
                    .as_ref()
                    .is_some_and(|in_call| in_call.call == "epoll_wait")
        };
        let waiting = self.threads.iter().filter(is_waiting);
        let mut turns: Vec<_> = waiting
            .map(|(thread, _)| {
                let next = self.foresight.next_of(self.now, thread);
                (next.unwrap_or(usize::MAX), thread.as_str())
            })
            .collect();
        turns.sort_unstable();
        let mut chosen = turns.iter().take(self.due(epoll).len());
        chosen.any(|(_, chosen)| *chosen == thread)
    }
}
