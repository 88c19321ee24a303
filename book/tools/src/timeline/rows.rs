//! What the page shows beside the picture: both sides' views, row by row.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::connection::{Connection, End};
use super::state::{InCall, State};
use super::words::flags;
use super::{epoll_name, fd};

/// How a lane is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// It is there: a connected client, an open descriptor, a running thread or task.
    Open,
    /// A thread that sleeps in a system call, a task that waits to be woken.
    Asleep,
    /// A descriptor for which something waits: bytes, the end of the stream, connections. A task in
    /// the run queue.
    Waiting,
}

/// What the page shows beside the picture, by row.
#[derive(Default)]
pub struct Rows {
    pub server: BTreeMap<String, String>,
    pub kernel: BTreeMap<String, String>,
    pub fill: BTreeMap<String, Fill>,
}

impl State<'_> {
    /// What the page shows now.
    pub fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        self.thread_rows(&mut rows);
        for (name, task) in &self.tasks {
            let (place, fill) = task.place();
            rows.server.insert(name.clone(), place.into());
            rows.fill.insert(name.clone(), fill);
        }
        self.epoll_rows(&mut rows);
        for (&number, address) in &self.listeners {
            let queue = self.queue(number);
            rows.server
                .insert(fd(number), format!("listens on {address}"));
            let names: Vec<String> = queue
                .iter()
                .map(|connection| in_queue(connection))
                .collect();
            let text = if names.is_empty() {
                "empty".into()
            } else {
                names.join(", ")
            };
            let interest = self.interest(number);
            rows.kernel
                .insert(fd(number), format!("accept queue: {text}{interest}"));
            rows.fill.insert(
                fd(number),
                if queue.is_empty() {
                    Fill::Open
                } else {
                    Fill::Waiting
                },
            );
        }
        for connection in &self.connections {
            self.connection_rows(connection, &mut rows);
        }
        rows
    }

    fn thread_rows(&self, rows: &mut Rows) {
        let asleep = self.asleep();
        for (thread, in_call) in &self.threads {
            let knows = in_call.as_ref().map_or_else(
                || "runs".into(),
                |InCall { call, fd: on, .. }| {
                    on.map_or_else(
                        || format!("in {call}"),
                        |number| format!("in {call}, {}", fd(number)),
                    )
                },
            );
            let (does, fill) = match asleep.contains(thread) {
                _ if self.held => ("stopped", Fill::Asleep),
                true => ("asleep", Fill::Asleep),
                false => ("awake", Fill::Open),
            };
            rows.server.insert(thread.clone(), knows);
            rows.kernel.insert(thread.clone(), does.into());
            rows.fill.insert(thread.clone(), fill);
        }
    }

    /// What each epoll would report, were it asked now.
    fn epoll_rows(&self, rows: &mut Rows) {
        for &epoll in self.epolls.keys() {
            let due = self.due(epoll);
            let due = due.iter().map(|&number| {
                let watch = &self.epolls[&epoll][&number];
                format!(
                    "{} {}",
                    fd(number),
                    watch.wanted(&self.ready(number)).join("|")
                )
            });
            let due: Vec<String> = due.collect();
            let text = if due.is_empty() {
                "nothing to report".into()
            } else {
                format!("to report: {}", due.join(", "))
            };
            rows.kernel.insert(epoll_name(epoll), text);
        }
    }

    /// Which epoll watches a descriptor, and for what.
    fn interest(&self, number: i64) -> String {
        let mut text = String::new();
        for (&epoll, watches) in &self.epolls {
            let Some(watch) = watches.get(&number) else {
                continue;
            };
            let who = if self.epolls.len() > 1 {
                format!(" by {}", epoll_name(epoll))
            } else {
                String::new()
            };
            let resting = if watch.armed { "" } else { ", disarmed" };
            let interest = flags(&watch.interest);
            let _ = write!(text, "; watched{who} for {interest}{resting}");
        }
        text
    }

    fn connection_rows(&self, connection: &Connection, rows: &mut Rows) {
        let Connection {
            client,
            address,
            unread,
            moved,
            kept,
            pending,
            ..
        } = connection;
        let unseen = connection.unseen();
        let server_end = connection.tcp_state(End::Server);
        if let Some(number) = connection.fd {
            let (name, waits) = (fd(number), *unread > 0 || connection.end_waits());
            let mut rest = String::new();
            for (count, what) in [(kept, "kept"), (pending, "to be sent")] {
                if *count > 0 {
                    let _ = write!(rest, ", {count} {what}");
                }
            }
            if let Some(talk) = &connection.talk {
                rest += &talk.row();
            }
            rows.server.insert(
                name.clone(),
                format!(
                    "peer {address}: {} bytes in, {} out{rest}",
                    moved.0, moved.1
                ),
            );
            let state = server_end.unwrap_or("closed");
            let room = if connection.full {
                "; no room for output"
            } else {
                ""
            };
            let interest = self.interest(number);
            rows.kernel.insert(
                name.clone(),
                format!("{state}; {unread} bytes unread{room}{interest}"),
            );
            rows.fill
                .insert(name, if waits { Fill::Waiting } else { Fill::Open });
        } else if let (true, Some(state)) = (connection.accepted, server_end) {
            rows.kernel.insert(
                format!("to {client}"),
                format!("{state}; no descriptor any more"),
            );
        }
        if let Some(state) = connection.tcp_state(End::Client) {
            let more = if unseen > 0 {
                format!("; {unseen} bytes unread")
            } else {
                String::new()
            };
            rows.kernel.insert(client.clone(), format!("{state}{more}"));
            if !connection.closed.contains(&End::Client) {
                let fill = if unseen > 0 {
                    Fill::Waiting
                } else {
                    Fill::Open
                };
                rows.fill.insert(client.clone(), fill);
            }
        }
    }
}

fn in_queue(connection: &Connection) -> String {
    match connection.unread {
        0 => connection.client.clone(),
        unread => format!("{} with {unread} bytes unread", connection.client),
    }
}
