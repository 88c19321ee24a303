//! Stage 06: HTTP/1.1. `--root DIRECTORY` has the files; what is sent to `/echo` comes back.

mod answer;
pub mod bodies;
pub mod clients;
pub mod connections;
pub mod files;
pub mod refusals;

pub use answer::Answer;

use harness::{Client, Directory, Server};

use crate::Subject;
use answer::{Content, take_apart};

/// What the stage's tests ask of.
struct Site {
    server: Server,
    /// The root in it, and beside that a file which no client may get.
    directory: Directory,
}

/// A server for a directory with the file `hello.txt`, with this lesson.
#[track_caller]
fn start(subject: &Subject, more: &[&str], means: &str, section: &str) -> Site {
    let directory = subject.directory();
    directory.write("root/hello.txt", HELLO);
    directory.write("secret", b"not for clients\n");
    let root = format!("{}/root", directory.name());
    let server = subject.start(&[&["--root", &root], more].concat());
    server.teach(means, section);
    Site { server, directory }
}

const HELLO: &[u8] = b"Hello, reader.\n";

/// A request without a body.
fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// Content that differs from place to place.
fn long(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

impl Site {
    /// Adds a file to the root.
    fn write(&self, name: &str, content: &[u8]) {
        self.directory.write(format!("root/{name}"), content);
    }

    /// Sends `requests`, finishes, and takes apart what comes until the end.
    #[track_caller]
    fn ask(&self, requests: impl AsRef<[u8]>) -> Vec<Answer> {
        let mut client = self.server.client();
        client.send(requests.as_ref());
        client.finish_sending();
        self.rest(&mut client)
    }

    /// The answers that come until the end.
    #[track_caller]
    fn rest(&self, client: &mut Client) -> Vec<Answer> {
        take_apart(&self.server, &client.read_to_end(), Content::Comes)
    }

    /// The one answer to one request.
    #[track_caller]
    fn ask_one(&self, request: &str) -> Answer {
        self.one(request, self.ask(request))
    }

    #[track_caller]
    fn one(&self, request: &str, mut answers: Vec<Answer>) -> Answer {
        if answers.len() != 1 {
            let received = format!("{} answers", answers.len());
            self.fail(request, "one answer", &received);
        }
        answers.remove(0)
    }

    /// Expects that `request`, alone, is answered with one of these status codes.
    #[track_caller]
    fn expect_status(&self, request: &str, codes: &[u16]) -> Answer {
        let answer = self.ask_one(request);
        self.check_status(request, &answer, codes);
        answer
    }

    #[track_caller]
    fn check_status(&self, request: &str, answer: &Answer, codes: &[u16]) {
        if !codes.contains(&answer.status) {
            let codes: Vec<_> = codes.iter().map(u16::to_string).collect();
            let received = format!("{} as the status", answer.status);
            self.fail(request, &codes.join(" or "), &received);
        }
    }

    /// Expects 200 and this content.
    #[track_caller]
    fn expect_content(&self, request: &str, content: &[u8]) -> Answer {
        let answer = self.expect_status(request, &[200]);
        self.check_content(request, &answer, content);
        answer
    }

    #[track_caller]
    fn check_content(&self, request: &str, answer: &Answer, content: &[u8]) {
        if answer.content != content {
            let shown = |bytes: &[u8]| {
                let text = bytes[..bytes.len().min(40)].escape_ascii();
                format!("{} bytes of content: \"{text}\"", bytes.len())
            };
            self.fail(request, &shown(content), &shown(&answer.content));
        }
    }

    /// Expects that a field has this value.
    #[track_caller]
    fn check_field(&self, request: &str, answer: &Answer, name: &str, value: &str) {
        let found = answer.field(name);
        if !found.is_some_and(|found| found.eq_ignore_ascii_case(value)) {
            let received =
                found.map_or_else(|| format!("no {name}"), |found| format!("{name}: {found}"));
            self.fail(request, &format!("{name}: {value}"), &received);
        }
    }

    #[track_caller]
    fn fail(&self, request: &str, expected: &str, received: &str) -> ! {
        let line = request.split("\r\n").next().unwrap_or_default();
        let line: String = line.chars().take(48).collect();
        self.server
            .fail_with(&format!("for {line:?}: {expected}"), received)
    }
}
