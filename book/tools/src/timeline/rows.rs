//! What the page shows beside the picture: both sides' views, row by row.

use std::collections::BTreeMap;

use serde::Serialize;

use super::connection::{Connection, End};
use super::fd;
use super::state::{InCall, State};

/// How a lane is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// It is there: a connected client, an open descriptor, a running thread.
    Open,
    /// A thread that sleeps in a system call.
    Asleep,
    /// A descriptor for which something waits: bytes, the end of the stream, connections.
    Waiting,
}

/// What the page shows beside the picture, by row.
#[derive(Default)]
pub struct Rows {
    pub server: BTreeMap<String, String>,
    pub kernel: BTreeMap<String, String>,
    pub fill: BTreeMap<String, Fill>,
}

impl State {
    /// What the page shows now.
    pub fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        self.thread_rows(&mut rows);
        for (&number, address) in &self.listeners {
            let queue = self.queue();
            rows.server.insert(
                fd(number),
                format!("listens on {address}{}", self.interest(number)),
            );
            let names: Vec<String> = queue
                .iter()
                .map(|connection| in_queue(connection))
                .collect();
            let text = if names.is_empty() {
                "empty".into()
            } else {
                names.join(", ")
            };
            rows.kernel
                .insert(fd(number), format!("accept queue: {text}"));
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
        for (thread, in_call) in &self.threads {
            let asleep = in_call.as_ref().is_some_and(|in_call| self.sleeps(in_call));
            let knows = in_call.as_ref().map_or_else(
                || "runs".into(),
                |InCall { call, fd: number }| {
                    number.map_or_else(
                        || format!("in {call}"),
                        |number| format!("in {call}, {}", fd(number)),
                    )
                },
            );
            rows.server.insert(thread.clone(), knows);
            rows.kernel.insert(
                thread.clone(),
                if asleep { "asleep" } else { "awake" }.into(),
            );
            rows.fill.insert(
                thread.clone(),
                if asleep { Fill::Asleep } else { Fill::Open },
            );
        }
    }

    fn interest(&self, number: i64) -> String {
        self.watched.get(&number).map_or_else(String::new, |watch| {
            let resting = if watch.armed { "" } else { ", disarmed" };
            format!("; watched for {}{resting}", watch.interest)
        })
    }

    fn connection_rows(&self, connection: &Connection, rows: &mut Rows) {
        let Connection {
            client,
            address,
            unread,
            unseen,
            moved,
            ..
        } = connection;
        let server_end = connection.tcp_state(End::Server);
        if let Some(number) = connection.fd {
            let (name, waits) = (fd(number), *unread > 0 || connection.end_waits());
            let interest = self.interest(number);
            rows.server.insert(
                name.clone(),
                format!(
                    "peer {address}: {} bytes in, {} out{interest}",
                    moved.0, moved.1
                ),
            );
            let state = server_end.unwrap_or("closed");
            rows.kernel
                .insert(name.clone(), format!("{state}; {unread} bytes unread"));
            rows.fill
                .insert(name, if waits { Fill::Waiting } else { Fill::Open });
        } else if let (true, Some(state)) = (connection.accepted, server_end) {
            rows.kernel.insert(
                format!("to {client}"),
                format!("{state}; no descriptor any more"),
            );
        }
        if let Some(state) = connection.tcp_state(End::Client) {
            let more = if *unseen > 0 {
                format!("; {unseen} bytes unread")
            } else {
                String::new()
            };
            rows.kernel.insert(client.clone(), format!("{state}{more}"));
            if !connection.closed.contains(&End::Client) {
                let fill = if *unseen > 0 {
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
