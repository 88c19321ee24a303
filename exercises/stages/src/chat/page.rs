//! A member behind a WebSocket.

use std::time::Instant;

use harness::{Client, DEADLINE, Server};
use serde_json::{Value, json};

use crate::websocket::frame::{Frame, Kind, masked_close, read_one, read_text};
use crate::websocket::request;

/// A member that was welcomed.
pub(super) struct Page<'a> {
    client: Client,
    server: &'a Server,
    pub(super) nick: String,
}

/// Where pages are: `page at http://ADDRESS/` on standard output.
#[track_caller]
fn address(server: &Server) -> std::net::SocketAddr {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let stdout = server.stdout();
        let url = stdout
            .lines()
            .find_map(|line| line.strip_prefix("page at http://"));
        let address = url.and_then(|url| url.trim_end_matches('/').parse().ok());
        if let Some(address) = address {
            return address;
        }
        if Instant::now() >= deadline {
            server.fail_with(
                "a line \"page at http://ADDRESS/\" on its stdout",
                "no such line",
            );
        }
        std::thread::yield_now();
    }
}

impl<'a> Page<'a> {
    #[track_caller]
    pub(super) fn open(server: &'a Server) -> Self {
        let mut client = Client::connect(address(server));
        client.send(request("").as_bytes());
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(read_one(server, &client, "HTTP/1.1 101 at the web port"));
        }
        if !head.starts_with(b"HTTP/1.1 101 ") {
            let line = String::from_utf8_lossy(&head);
            let line = line.lines().next().unwrap_or_default();
            server.fail_with("HTTP/1.1 101 at the web port", line);
        }
        let nick = String::new();
        let mut page = Self {
            client,
            server,
            nick,
        };
        let welcome = page.next_of("welcome");
        welcome["nick"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut page.nick);
        page
    }

    /// Says what one would type.
    #[track_caller]
    pub(super) fn say(&mut self, line: &str) {
        let text = json!({ "say": line }).to_string();
        self.client
            .send(&Frame::of(Kind::Text, text.as_bytes()).masked());
    }

    /// Expects an object of this kind next, with these values and any others.
    #[track_caller]
    pub(super) fn hear(&mut self, kind: &str, values: &[(&str, &str)]) {
        let object = self.next_of(kind);
        for (name, value) in values {
            if object[*name] != *value {
                let expected = format!("{kind:?} with {name} = {value:?} for the page");
                self.server.fail_with(&expected, &object.to_string());
            }
        }
    }

    #[track_caller]
    fn next_of(&mut self, kind: &str) -> Value {
        let text = read_text(self.server, &self.client);
        let object: Value = serde_json::from_slice(&text).unwrap_or_default();
        if object["kind"] != kind {
            let expected = format!("an object with \"kind\":{kind:?} for the page");
            let received = String::from_utf8_lossy(&text).into_owned();
            self.server.fail_with(&expected, &received);
        }
        object
    }

    /// Sends a Close, and reads to the end.
    #[track_caller]
    pub(super) fn close(mut self) {
        self.client.send(&masked_close(1000));
        self.client.read_to_end();
    }
}
