//! As much of a browser as a test needs: it keeps one cookie, and names its page's origin.

use std::io::{Read, Write};
use std::net::TcpStream;

use harness::Server;

/// A browser at the pages of one server.
pub struct Browser<'a> {
    server: &'a Server,
    /// `name=value` of its cookie.
    pub cookie: Option<String>,
    /// Lines of fields that it sends besides.
    pub fields: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub content: Vec<u8>,
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Server) -> Self {
        let origin = format!("Origin: http://{}\r\n", server.address());
        Self {
            server,
            cookie: None,
            fields: origin,
        }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    pub fn post(&mut self, path: &str, form: &str) -> Answer {
        let fields = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send("POST", path, fields, form)
    }

    pub fn send(&mut self, method: &str, path: &str, fields: &str, body: &str) -> Answer {
        let mut stream = self.begin(method, path, fields, body);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = Answer::read(&answer);
        if let Some(cookie) = answer.field("Set-Cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        answer
    }

    /// Sends a request, and doesn't wait for its answer.
    pub fn begin(&self, method: &str, path: &str, fields: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.server.address()).expect("a connection");
        stream.set_read_timeout(Some(crate::FAR)).expect("a time");
        let cookie = match &self.cookie {
            Some(cookie) => format!("Cookie: {cookie}\r\n"),
            None => String::new(),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{}{cookie}{fields}Content-Length: {}\r\n\r\n{body}",
            self.server.address(),
            self.fields,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("a request");
        stream
    }
}

impl Answer {
    pub fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("a head that ends");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Self {
            status: status.expect("a status"),
            head,
            content: bytes[end + 4..].to_vec(),
        }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn location(&self) -> &str {
        self.field("Location").unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}
