//! Files on their way out.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin};
use harness::Directory;

use crate::script::start_handler;

/// A file with no name: gone with its last descriptor.
fn file(content: &[u8]) -> Arc<File> {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.write("file", content);
    let file = File::options().read(true).write(true).open(path).unwrap();
    Arc::new(file)
}

/// Answers each byte with `head`, `length` bytes of the file, and `tail`.
struct Files {
    file: Arc<File>,
    length: u64,
    report: Sender<String>,
}

impl Handler for Files {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        while !input.is_empty() && !io.is_full(id) {
            input.consume(1);
            io.send(id, b"head ");
            io.send_file(id, Arc::clone(&self.file), 0..self.length);
            io.send(id, b" tail\n");
        }
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, (): (), why: Closed) {
        let _ = self.report.send(format!("close {why:?}"));
    }
}

fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

#[test]
fn a_large_file_arrives_between_its_head_and_its_tail() {
    let content = content(10_000_001);
    let (file, length) = (file(&content), content.len() as u64);
    let server = start_handler(Limits::default(), |report| Files {
        file,
        length,
        report,
    });
    let mut client = server.client();
    let answer = [b"head ", &content[..], b" tail\n"].concat();
    client.exchange(b"12", &[&answer[..], &answer[..]].concat());
}

#[test]
fn a_file_that_ends_early_cuts_its_connection_only() {
    let (file, length) = (file(b"short"), 6);
    let server = start_handler(Limits::default(), |report| Files {
        file,
        length,
        report,
    });
    let mut other = server.client();
    let mut client = server.client();
    client.send(b"1");
    server.expect("close FileEnded");
    other.finish_sending();
    other.expect_end();
}

#[test]
fn a_file_truncated_while_it_is_sent_cuts_its_connection_only() {
    let content = content(30_000_000);
    let (file, length) = (file(&content), content.len() as u64);
    let sent = Arc::clone(&file);
    let server = start_handler(Limits::default(), |report| Files {
        file: sent,
        length,
        report,
    });
    let mut client = server.client();
    client.send(b"1");
    client.expect(b"head ");
    file.set_len(0).unwrap();
    let mut rest = Vec::new();
    let error = std::io::Read::read_to_end(&mut client.stream(), &mut rest).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    server.expect("close FileEnded");
}
