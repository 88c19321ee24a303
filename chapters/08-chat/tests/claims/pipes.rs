//! A pipe between two processes: what it keeps together, and how it ends (claims C238, C239, bugs
//! B104 and B105).

use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::process::Command;

use harness::experiment::{Watcher, pair, report, until, until_unread};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::epoll::EpollFlags;

/// As much as a write into a pipe does as a whole or not at all (`pipe(7)`), and a page here.
const PIPE_BUF: usize = 4096;

#[test]
fn c238_two_writes_into_a_pipe_are_one_read() {
    let (mut reader, mut writer) = io::pipe().unwrap();
    writer.write_all(b"hello\n").unwrap();
    writer.write_all(b"are you there?\n").unwrap();
    let mut input = [0; 100];
    let count = reader.read(&mut input).unwrap();
    assert_eq!(&input[..count], b"hello\nare you there?\n");
}

#[test]
fn c238_up_to_pipe_buf_a_write_is_whole_or_nothing() {
    let (mut reader, mut writer) = full_pipe();
    reader.read_exact(&mut [0; PIPE_BUF / 2]).unwrap();
    let error = writer.write(&[b'y'; PIPE_BUF]).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::WouldBlock,
        "half a page is no room"
    );

    reader.read_exact(&mut [0; PIPE_BUF / 2]).unwrap();
    let count = writer.write(&[b'y'; 2 * PIPE_BUF]).unwrap();
    assert_eq!(count, PIPE_BUF, "what is longer is cut where the room ends");
}

#[test]
fn c239_the_end_of_a_pipe_is_hup_without_in() {
    let (mut reader, writer) = io::pipe().unwrap();
    let watcher = watch(&reader);
    let mut child = Command::new("true").stdout(writer).spawn().unwrap();
    assert_eq!(watcher.next(), report(0, "HUP"));
    assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    child.wait().unwrap();

    // The end of a socket has IN. Whoever knows only that looks for the wrong flag.
    let (client, server) = pair();
    let watcher = watch(&client);
    drop(server);
    assert_eq!(watcher.next(), report(0, "IN"));
}

#[test]
fn c239_what_is_in_the_pipe_comes_before_its_end() {
    let (mut reader, mut writer) = io::pipe().unwrap();
    writer.write_all(b"goodbye\n").unwrap();
    drop(writer);
    let watcher = watch(&reader);
    until_reported(&watcher, "IN|HUP");
    let mut line = [0; 4];
    reader.read_exact(&mut line).unwrap();
    assert_eq!(watcher.now(), report(0, "IN|HUP"), "half of it is there");
    reader.read_exact(&mut line).unwrap();
    assert_eq!(watcher.now(), report(0, "HUP"));
}

#[test]
fn b104_a_loop_that_asks_for_in_alone_never_sleeps() {
    let (reader, writer) = io::pipe().unwrap();
    let watcher = watch(&reader);
    assert_eq!(watcher.now(), []);
    drop(writer);
    until_reported(&watcher, "HUP");
    for _ in 0..1000 {
        assert_eq!(watcher.now(), report(0, "HUP"));
    }
    // Nor does it help to ask for nothing.
    watcher.modify(&reader, 0, EpollFlags::empty());
    assert_eq!(watcher.now(), report(0, "HUP"));
    watcher.0.delete(&reader).unwrap();
    assert_eq!(watcher.now(), []);
}

#[test]
fn b104_a_pipe_has_no_end_while_somebody_keeps_its_writing_end() {
    let (reader, writer) = io::pipe().unwrap();
    let kept = writer.try_clone().unwrap(); // as the parent has one after fork(2)
    let mut child = Command::new("true").stdout(writer).spawn().unwrap();
    child.wait().unwrap();
    let watcher = watch(&reader);
    assert_eq!(
        watcher.now(),
        [],
        "the child has ended, and the pipe hasn't"
    );
    drop(kept);
    until_reported(&watcher, "HUP");
}

#[test]
fn b104_who_writes_when_the_reader_has_gone_gets_an_error() {
    let (reader, mut writer) = io::pipe().unwrap();
    drop(reader);
    // Rust ignores SIGPIPE. In C, the signal would have ended the child here.
    let mut error = None;
    until("a write fails", || {
        error = writer.write(b"hello\n").err();
        error.is_some()
    });
    assert_eq!(error.unwrap().kind(), ErrorKind::BrokenPipe);
}

#[test]
fn b105_a_stream_knows_no_lines() {
    let (mut client, mut server) = pair();
    client.write_all(b"hello\n").unwrap();
    client.write_all(b"are you ").unwrap();
    until_unread(&server, 14);
    let mut input = [0; 100];
    let count = server.read(&mut input).unwrap();
    assert_eq!(&input[..count], b"hello\nare you ", "a line and a half");

    client.write_all(b"there?\n").unwrap();
    until_unread(&server, 7);
    let count = server.read(&mut input).unwrap();
    assert_eq!(&input[..count], b"there?\n", "and the other half");
}

fn watch(stream: &impl AsFd) -> Watcher {
    let watcher = Watcher::new();
    watcher.add(stream, 0, EpollFlags::EPOLLIN);
    watcher
}

/// Waits for the end of a pipe: a child that another test starts at this moment has a copy of its
/// writing end until it becomes another program.
fn until_reported(watcher: &Watcher, flags: &str) {
    until(flags, || watcher.now() == report(0, flags));
}

/// A pipe with nonblocking writes, and no room.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    until("the pipe is full", || {
        writer.write(&[b'x'; PIPE_BUF]).is_err()
    });
    (reader, writer)
}
