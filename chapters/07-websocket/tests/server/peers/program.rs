//! The client as a program.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::start;

/// What the program prints when these lines are typed.
fn say(address: &str, lines: &[u8]) -> Output {
    let mut client = Command::new(env!("CARGO_BIN_EXE_client"))
        .arg(address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = client.stdin.take().expect("a pipe");
    let _ = stdin.write_all(lines); // it may have ended with a complaint
    drop(stdin);
    client.wait_with_output().expect("it ends")
}

#[test]
fn it_sends_lines_and_prints_what_comes_back() {
    let server = start(&[]);
    let address = format!("ws://{}/ws", server.address());
    let output = say(&address, "Hü€😀\n/ping\n\nlast".as_bytes());
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(printed, "Hü€😀\na Pong\n\nlast\n");
    let output = say(&address, b"\xff\n/close\nunsaid\n");
    assert_eq!(output.stdout, b"1 bytes: \\xff\n");
}

#[test]
fn it_says_in_one_line_what_is_wrong() {
    let server = start(&[]);
    for (address, code, complaint) in [
        ("wss://localhost/".to_owned(), 2, "TLS"),
        ("localhost:7000".to_owned(), 2, "ws://localhost:7000/ws"),
        (
            format!("ws://{}/nowhere", server.address()),
            1,
            "404 Not Found",
        ),
    ] {
        let output = say(&address, b"");
        let text = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(complaint), "{text}");
    }
}
