//! Requests, and the answers taken apart.

use harness::{Client, Directory, Server};

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// All of the head, but for the value of `Date`.
    pub head: String,
    pub content: Vec<u8>,
}

impl Answer {
    /// The value of the field `name`.
    pub fn field(&self, name: &str) -> Option<&str> {
        let lines = self.head.split("\r\n");
        let mut fields = lines.filter_map(|line| line.split_once(": "));
        let found = fields.find(|(found, _)| *found == name);
        found.map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// Whether answers have the content that their heads announce. Those to HEAD don't.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Comes,
    IsLeftOut,
}

/// Sends `requests`, finishes, and takes apart what comes until the end.
#[track_caller]
pub fn ask(server: &Server, requests: impl AsRef<[u8]>) -> Vec<Answer> {
    let mut client = server.client();
    client.send(requests.as_ref());
    client.finish_sending();
    rest(&mut client)
}

/// The answers that come until the end.
#[track_caller]
pub fn rest(client: &mut Client) -> Vec<Answer> {
    take_apart(&client.read_to_end(), Content::Comes)
}

/// The one answer to one request.
#[track_caller]
pub fn ask_one(server: &Server, request: impl AsRef<[u8]>) -> Answer {
    one(ask(server, request))
}

#[track_caller]
pub fn one(mut answers: Vec<Answer>) -> Answer {
    assert_eq!(answers.len(), 1, "not one answer: {answers:#?}");
    answers.remove(0)
}

#[track_caller]
pub fn get(server: &Server, target: &str) -> Answer {
    ask_one(
        server,
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
}

#[track_caller]
pub fn head(server: &Server, target: &str) -> Answer {
    let mut client = server.client();
    client.send(format!("HEAD {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    client.finish_sending();
    one(take_apart(&client.read_to_end(), Content::IsLeftOut))
}

#[track_caller]
pub fn take_apart(mut bytes: &[u8], content: Content) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let shown = bytes.escape_ascii();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            panic!("a head without an end: {shown}");
        };
        let (text, behind) = bytes.split_at(end + 4);
        let text = str::from_utf8(text).unwrap();
        assert!(text.starts_with("HTTP/1.1 "), "no answer: {shown}");
        let mut answer = Answer {
            status: text[9..12].parse().unwrap(),
            head: without_date(text),
            content: Vec::new(),
        };
        let length = answer.field("Content-Length");
        let length = length.map_or(0, |length| length.parse::<usize>().unwrap());
        bytes = behind;
        if content == Content::Comes {
            assert!(length <= bytes.len(), "less than {length} bytes: {shown}");
            let (content, behind) = bytes.split_at(length);
            answer.content = content.to_vec();
            bytes = behind;
        }
        answers.push(answer);
    }
    answers
}

fn without_date(head: &str) -> String {
    let lines = head.split("\r\n");
    let lines = lines.map(|line| {
        if line.starts_with("Date: ") {
            "Date: now"
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

/// A directory with one file.
pub fn directory_with(name: &str, content: &[u8]) -> Directory {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    directory.write(name, content);
    directory
}

/// Content that differs from place to place.
pub fn long(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}
