//! The reader's code in a child process, and what a test hears of it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use harness::{Directory, Server};

/// The verdict with which `test` fails.
fn verdict<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(test()))).expect_err("it should have failed");
    panic
        .downcast::<String>()
        .map_or_else(|_| "no text".to_owned(), |text| *text)
}

/// Answers each read with one write of what `change` makes of it, client after client.
fn serve(listener: &TcpListener, change: impl Fn(&mut [u8])) {
    for stream in listener.incoming() {
        let mut stream: TcpStream = stream.expect("a connection");
        let mut buffer = [0; 1024];
        while let Ok(size @ 1..) = stream.read(&mut buffer) {
            change(&mut buffer[..size]);
            if stream.write_all(&buffer[..size]).is_err() {
                break;
            }
        }
    }
}

#[test]
fn a_right_answer_passes() {
    let server = Server::answer(|listener| serve(&listener, |_| {}));
    let mut client = server.client();
    client.send(b"hello\n");
    client.expect(b"hello\n");
    client.finish_sending();
    client.expect_end();
    server.expect_alive();
}

#[test]
fn the_answer_and_its_test_have_the_same_directory() {
    let empty = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let server = Server::answer(|listener| {
        let (mut stream, _) = listener.accept().expect("a client");
        let found = fs::read(directory.join("of the test")).expect("the test has written it");
        stream.write_all(&found).expect("a client");
    });
    directory.write("of the test", "hello");
    let mut client = server.client();
    client.expect_last(b"hello");
    drop(server); // the answer ended, and took nothing along
    assert!(empty.path().exists() && directory.path().exists());
}

#[test]
fn a_wrong_byte_is_marked_and_explained() {
    let server = Server::answer(|listener| serve(&listener, |bytes| bytes[4] = b'0'));
    server.teach(
        "a line goes back byte for byte.",
        "01-blocking.html#read-the-code",
    );
    let mut client = server.client();
    client.send(b"hello\n");
    assert_eq!(
        verdict(|| client.expect(b"hello\n")),
        "sent      \"hello\\n\" (6 bytes)\n\
         expected  \"hello\\n\"\n\
         received  \"hell0\\n\"\n\
         \x20              ^ byte 4: expected 6f 'o', received 30 '0'\n\
         it means  a line goes back byte for byte.\n\
         read      book: 01-blocking.html#read-the-code"
    );
}

#[test]
fn an_answer_that_panics_has_last_words() {
    let server = Server::answer(|_| {
        println!("here I am");
        todo!("accept every client")
    });
    assert!(!server.wait().success());
    let verdict = verdict(|| server.client().expect(b"hello\n"));
    let mut lines = verdict.lines();
    let mut next = || lines.next().unwrap_or_default();
    assert_eq!(
        next(),
        "the server has ended (exit code 101); its last words:"
    );
    assert_eq!(next(), "  here I am");
    assert!(next().starts_with("  thread answer panicked at exercises/harness/tests/answer.rs:"));
    assert_eq!(next(), "  not yet implemented: accept every client");
    assert_eq!(
        next(),
        format!("expected  a connection to {}", server.address())
    );
}

#[test]
fn an_answer_that_returns_has_ended() {
    let server = Server::answer(|listener| drop(listener.accept()));
    let verdict = verdict(|| server.client().expect(b"hello\n"));
    assert!(
        verdict.starts_with("the server has ended (exit code 0), without a word"),
        "{verdict}"
    );
}

#[test]
fn a_reset_is_told_from_an_end() {
    let server = Server::answer(|listener| {
        let (stream, _) = listener.accept().expect("a connection");
        stream.peek(&mut [0]).expect("a byte");
        drop(stream);
        std::thread::sleep(Duration::from_mins(1));
    });
    let mut client = server.client();
    client.send(b"unread");
    let verdict = verdict(|| client.expect_end());
    assert!(
        verdict.contains("received  nothing, then the connection was reset"),
        "{verdict}"
    );
}

#[test]
fn a_function_runs_in_another_process() {
    let parent = std::process::id();
    assert_ne!(harness::call(std::process::id), parent);
}

#[test]
fn a_test_may_call_several_functions() {
    assert_eq!(harness::call(|| 21 * 2), 42);
    assert_eq!(
        harness::call(|| Err::<(), _>("refused".to_owned())),
        Err("refused".to_owned())
    );
}

#[test]
fn a_function_that_panics_has_last_words() {
    let verdict = verdict(|| harness::call(|| -> u32 { todo!("count the clients") }));
    assert!(
        verdict.starts_with("your code has panicked:\n  thread answer panicked at "),
        "{verdict}"
    );
    assert!(
        verdict.contains("not yet implemented: count the clients"),
        "{verdict}"
    );
}

#[test]
fn a_function_that_ends_its_process_is_told_so() {
    let verdict = verdict(|| harness::call(|| -> u32 { std::process::exit(3) }));
    assert!(
        verdict.starts_with("your code has ended its process (exit code 3), without a word"),
        "{verdict}"
    );
}

#[test]
fn a_function_that_hangs_is_looked_into() {
    let verdict = verdict(|| {
        harness::call(|| -> u32 {
            std::thread::sleep(Duration::from_mins(1));
            0
        })
    });
    assert!(
        verdict.contains("\nyour code hangs:\n  thread answer") && !verdict.contains("the server"),
        "{verdict}"
    );
}

#[test]
fn a_child_ends_with_its_server() {
    let server = Server::answer(|listener| serve(&listener, |_| {}));
    let task = format!("/proc/{}", server.pid());
    assert!(std::fs::exists(&task).expect("/proc is readable"));
    drop(server);
    assert!(!std::fs::exists(&task).expect("/proc is readable"));
}
