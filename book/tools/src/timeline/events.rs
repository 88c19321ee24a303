//! How an event changes the world.

use workbench::trace::Record;

use super::connection::{Connection, End};
use super::epoll::Watch;
use super::state::{InCall, State};
use super::task::Task;
use super::websocket;
use crate::recording::{by_client, field};

impl State<'_> {
    /// The thread is heard of no more.
    pub fn end_thread(&mut self, thread: &str) {
        self.threads.remove(thread);
    }

    /// Takes in the event that is number `at` of the recording.
    pub fn apply(&mut self, at: usize, event: &Record) {
        self.now = at;
        if by_client(event) {
            self.apply_client(event);
            return;
        }
        let kind = event.event.as_str();
        let call = field(event, "call");
        let blocks = kind == "wait" || (kind == "would-block" && call == "lock");
        let in_call = blocks.then(|| InCall {
            call: call.clone(),
            fd: event.fd,
            timeout: field(event, "timeout_ms").parse().ok(),
        });
        self.threads.insert(event.thread.clone(), in_call);
        if let Some(task) = Task::of(event) {
            match self.tasks.remove(&task).unwrap_or_default().after(kind) {
                Some(after) => _ = self.tasks.insert(task, after),
                None => return,
            }
        }
        match (kind, event.fd) {
            ("wait", _) if call == "epoll_wait" => self.look(self.epoll_of(&event.thread)),
            ("wake", _) => {
                let epoll = self.epoll_of(&event.thread);
                for fd in self.foresight.taken(at) {
                    if let Some(watch) = self.watch(epoll, fd) {
                        watch.take();
                    }
                }
            }
            ("listen", Some(fd)) => {
                self.listeners.insert(fd, field(event, "address"));
            }
            ("accept", Some(fd)) => self.accept(fd, &field(event, "peer")),
            ("register" | "re-arm", Some(fd)) => {
                let watch = Watch::new(field(event, "interest"));
                let epoll = self.epoll_of(&event.thread);
                self.epolls.entry(epoll).or_default().insert(fd, watch);
            }
            ("unregister", Some(fd)) => {
                let epoll = self.epoll_of(&event.thread);
                self.epolls.entry(epoll).or_default().remove(&fd);
            }
            ("close", Some(fd)) => self.close(fd),
            (_, Some(fd)) => self.use_connection(event, fd),
            _ => {}
        }
    }

    fn watch(&mut self, epoll: i64, fd: i64) -> Option<&mut Watch> {
        self.epolls.get_mut(&epoll)?.get_mut(&fd)
    }

    fn look(&mut self, epoll: i64) {
        let watched = self.epolls.get(&epoll).into_iter().flatten();
        let ready: Vec<_> = watched.map(|(fd, _)| (*fd, self.ready(*fd))).collect();
        for (fd, ready) in ready {
            if let Some(watch) = self.watch(epoll, fd) {
                watch.look(&ready);
            }
        }
    }

    /// Tells every epoll that watches `fd` that something has happened to it.
    fn notice(&mut self, fd: Option<i64>, flag: Option<&str>) {
        let Some(fd) = fd else { return };
        for watches in self.epolls.values_mut() {
            if let Some(watch) = watches.get_mut(&fd) {
                watch.notice(flag);
            }
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

    fn use_connection(&mut self, event: &Record, fd: i64) {
        let call = field(event, "call");
        let Some(connection) = self.on_mut(fd) else {
            return;
        };
        let bytes = event.bytes.unwrap_or(0);
        match event.event.as_str() {
            "read" | "discard" => {
                connection.unread = connection.unread.saturating_sub(bytes);
                connection.moved.0 += bytes;
                if let Some(talk) = &mut connection.talk {
                    talk.read(bytes);
                }
            }
            "write" => {
                let offered = field(event, "of").parse().unwrap_or(bytes);
                connection.moved.1 += bytes;
                connection.full = offered > bytes;
                connection.pending = match connection.answers {
                    0 => offered.saturating_sub(bytes),
                    _ => connection.pending.saturating_sub(bytes),
                };
                if connection.gone && !connection.reset {
                    connection.reset = true;
                    self.notice(Some(fd), None);
                }
            }
            "keep" => connection.kept = bytes,
            "request" => connection.kept = 0,
            "response" => {
                connection.answers += 1;
                connection.pending += bytes;
                if field(event, "status") == "101" {
                    connection.talk = Some(websocket::Talk::default());
                }
            }
            "frame" => {
                connection.kept = 0;
                if field(event, "way") == "out" {
                    connection.pending += websocket::size(bytes);
                }
                connection.talk.get_or_insert_default().frame(event);
            }
            "would-block" => connection.full |= call == "write",
            "eof" => connection.end_read = true,
            "shutdown" => connection.close(End::Server),
            _ => {}
        }
    }

    fn close(&mut self, fd: i64) {
        self.listeners.remove(&fd);
        for watches in self.epolls.values_mut() {
            watches.remove(&fd);
        }
        if let Some(connection) = self.on_mut(fd) {
            connection.reset |= connection.unread > 0;
            connection.close(End::Server);
            connection.fd = None;
        }
    }

    fn apply_client(&mut self, event: &Record) {
        let client = &event.thread;
        match event.event.as_str() {
            "hold" => self.held = true,
            "resume" => self.held = false,
            "connect" => {
                let address = field(event, "address");
                let listener = self.listener_for(&address);
                self.connections.push(Connection {
                    client: client.clone(),
                    address,
                    listener,
                    ..Connection::default()
                });
                self.notice(listener, Some("IN"));
                return;
            }
            _ => {}
        }
        let newest = |connection: &&mut Connection| connection.client == *client;
        let (now, foresight) = (self.now, self.foresight);
        let Some(connection) = self.connections.iter_mut().rev().find(newest) else {
            return;
        };
        let fd = connection.fd;
        let flag = match event.event.as_str() {
            "send" => {
                connection.unread += event.bytes.unwrap_or(0);
                Some("IN")
            }
            "receive" => {
                connection.received += event.bytes.unwrap_or(0);
                let makes_room = |fd| foresight.makes_room(now, fd);
                if !connection.full || !fd.is_some_and(makes_room) {
                    return;
                }
                connection.full = false;
                Some("OUT")
            }
            "finish" => {
                connection.close(End::Client);
                None
            }
            "close" => {
                connection.reset |= connection.unseen() > 0;
                connection.close(End::Client);
                connection.gone = true;
                None
            }
            "reset" => {
                connection.reset = true;
                None
            }
            _ => return,
        };
        let reached = self.reached_by(client);
        self.notice(reached, flag);
    }
}
