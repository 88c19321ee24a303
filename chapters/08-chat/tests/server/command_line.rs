//! What the program says before it serves.

use std::io::{Read, Write};
use std::process::{Command, Output};

use harness::Server;

use crate::page::{self, Patient};
use crate::start;

fn run(options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ch08-chat"));
    program.args(options).output().expect("the program runs")
}

fn refuses(options: &[&str], words: &[&str]) {
    let output = run(options);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{options:?}: {error}");
    assert_eq!(output.stdout, b"", "{options:?}");
    assert_eq!(error.lines().count(), 1, "{options:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{options:?}: no {word} in {error}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_in_one_line_with_the_option_that_helps() {
    let server = start(&[]);
    let taken = server.address().port().to_string();
    let option = "choose one with --port";
    refuses(&["--port", &taken, "--web-port", "0"], &[&taken, option]);
    let taken = page::address(&server).port().to_string();
    let option = "choose one with --web-port";
    refuses(&["--port", "0", "--web-port", &taken], &[&taken, option]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    refuses(&["--idle", "0"], &["--idle"]);
    refuses(&["--web-port", "70000"], &["--web-port"]);
    refuses(&["--origin", "example.org"], &["--origin", "https://"]);
    refuses(
        &["--origin", "https://m\u{fc}nchen.de"],
        &["xn--mnchen-3ya.de"],
    );
    refuses(&["--origin", "https://*.example.org"], &["* for all"]);
}

#[test]
fn help_names_the_options() {
    let output = run(&["--help"]);
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    for option in ["--port", "--web-port", "--idle", "--origin", "--trace"] {
        assert!(help.contains(option), "{help}");
    }
}

/// The first line of the answer to a handshake that a page of `origin` begins.
fn handshake(server: &Server, origin: &str) -> String {
    let mut stream = Patient::connect(page::address(server));
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Origin: {origin}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it is taken");
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n") {
        stream.read_exact(&mut byte).expect("a line");
        answer.push(byte[0]);
    }
    String::from_utf8_lossy(answer.trim_ascii_end()).into_owned()
}

#[test]
fn pages_of_other_sites_are_let_in_only_if_an_option_names_them() {
    let server = start(&[]);
    assert!(handshake(&server, "http://chat.example").starts_with("HTTP/1.1 101 "));
    assert!(handshake(&server, "http://evil.example").starts_with("HTTP/1.1 403 "));
    let server = start(&["--origin", "https://Friend.example"]);
    assert!(handshake(&server, "https://friend.example").starts_with("HTTP/1.1 101 "));
    let server = start(&["--origin", "https://friend.example:443"]);
    assert!(handshake(&server, "https://friend.example").starts_with("HTTP/1.1 101 "));
    assert!(handshake(&server, "http://evil.example").starts_with("HTTP/1.1 403 "));
}

/// What waits for `listening on` would believe it.
#[test]
fn with_too_few_descriptors_to_serve_it_does_not_say_that_it_listens() {
    let limited = "ulimit -n 8 && exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_ch08-chat");
    let mut command = Command::new("sh");
    command.args(["-c", limited, program, "--port", "0", "--web-port", "0"]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(output.stdout, b"");
    assert!(text.contains("too few descriptors"), "{text}");
}
