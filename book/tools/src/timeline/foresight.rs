//! What later events say of the present one: the server tells of much only after it has happened.

use std::collections::BTreeMap;

use workbench::trace::Record;

use crate::recording::{by_client, field};

/// A recording, looked at from the end.
#[derive(Debug)]
pub struct Foresight<'a> {
    events: &'a [Record],
    /// The epoll that each thread waits on; 0 where the trace doesn't name it.
    epolls: BTreeMap<&'a str, i64>,
}

impl<'a> Foresight<'a> {
    pub fn new(events: &'a [Record]) -> Self {
        let waits = events
            .iter()
            .filter(|event| event.event == "wait" && field(event, "call") == "epoll_wait");
        let epolls = waits
            .map(|event| (event.thread.as_str(), event.fd.unwrap_or(0)))
            .collect();
        Self { events, epolls }
    }

    /// The epoll that a thread works with: its own, or the only one.
    pub fn epoll_of(&self, thread: &str) -> i64 {
        let any = || self.epolls.values().next();
        let found = self.epolls.get(thread).or_else(any);
        found.copied().unwrap_or(0)
    }

    /// Of a `wake`: the descriptors that came back with it.
    pub fn taken(&self, at: usize) -> Vec<i64> {
        let wake = &self.events[at];
        let turn = self.events[at + 1..]
            .iter()
            .filter(|event| event.thread == wake.thread)
            .take_while(|event| event.event != "wait");
        turn.filter(|event| event.event == "ready")
            .filter_map(|event| event.fd)
            .collect()
    }

    /// Of what a client receives: whether the server can then send more on `fd`. How much must be
    /// read for that is the kernel's affair; that the server did send is in the recording.
    pub fn makes_room(&self, at: usize, fd: i64) -> bool {
        let client = &self.events[at].thread;
        let meanwhile = self.events[at + 1..]
            .iter()
            .take_while(|event| event.thread != *client);
        let mut about = meanwhile.filter(|event| event.fd == Some(fd));
        about.any(|event| {
            event.event == "write"
                || (event.event == "ready" && field(event, "ready").contains("OUT"))
        })
    }

    /// The listener that a connection from `address` comes to.
    pub fn listener_of(&self, address: &str) -> Option<i64> {
        let accept = self
            .events
            .iter()
            .find(|event| event.event == "accept" && field(event, "peer") == address);
        field(accept?, "listener").parse().ok()
    }

    /// When a thread is heard of again after the event `at`.
    pub fn next_of(&self, at: usize, thread: &str) -> Option<usize> {
        let later = self.events.iter().enumerate().skip(at + 1);
        let mut its = later.filter(|(_, event)| event.thread == thread && !by_client(event));
        its.next().map(|(index, _)| index)
    }
}
