//! The client as a program.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use ch07_websocket::accept_key;
use socket2::SockRef;

use super::DEADLINE;
use crate::start;

/// The program, which waits for a second at the most for each.
fn client(address: &str, stdin: impl Into<Stdio>) -> Child {
    Command::new(env!("CARGO_BIN_EXE_client"))
        .args([address, "--patience", "1"])
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// A server that does `what` with one connection.
fn serve(what: impl FnOnce(TcpStream) + Send + 'static) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("ws://{}/", listener.local_addr().expect("an address"));
    let thread = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(DEADLINE)).expect("a socket");
        stream.set_write_timeout(Some(DEADLINE)).expect("a socket");
        what(stream);
    });
    (address, thread)
}

/// Agrees to what the client asks for.
fn agree(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a request");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    let (_, rest) = head.split_once("Sec-WebSocket-Key: ").expect("a key");
    let accept = accept_key(&rest.as_bytes()[..24]);
    let upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
    write!(
        stream,
        "{upgrade}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .expect("it takes it");
}

/// Waits until the client ends the connection.
fn until_it_leaves(stream: &mut TcpStream) {
    loop {
        match stream.read(&mut [0; 1024]) {
            Ok(1..) => {}
            Ok(0) => return,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return,
            Err(error) => panic!("it doesn't leave: {error}"),
        }
    }
}

#[track_caller]
fn assert_fails(client: Child, why: &str) {
    let output = client.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(why), "{text}");
}

/// A server that answers each line with ten times as much, and reads on only when that is taken. A
/// client that reads only once its own lines are written would wait for it as it waits for the
/// client: no kernel's buffers take all of this.
#[test]
fn it_reads_while_its_output_waits() {
    const LINES: usize = 8_000;
    let (address, server) = serve(|mut stream| {
        SockRef::from(&stream)
            .set_recv_buffer_size(64 << 10)
            .expect("a socket");
        SockRef::from(&stream)
            .set_send_buffer_size(64 << 10)
            .expect("a socket");
        agree(&mut stream);
        let answer = [&b"\x81\x7e\x27\x10"[..], &[b'y'; 10_000]].concat();
        for _ in 0..LINES {
            stream.read_exact(&mut [0; 4 + 4 + 1000]).expect("a line");
            stream.write_all(&answer).expect("it is taken");
        }
        stream.read_exact(&mut [0; 2 + 4 + 2]).expect("a Close");
        stream.write_all(b"\x88\x02\x03\xe8").expect("it takes it");
    });
    let mut client = client(&address, Stdio::piped());
    let mut stdin = client.stdin.take().expect("a pipe");
    let line = [&[b'x'; 1000][..], b"\n"].concat();
    let types = thread::spawn(move || stdin.write_all(&line.repeat(LINES)));
    let mut stdout = client.stdout.take().expect("a pipe");
    let count = std::io::copy(&mut stdout, &mut std::io::sink()).expect("a pipe");
    assert_eq!(count, LINES as u64 * 10_001);
    types.join().expect("no panic").expect("all is taken");
    server.join().expect("no panic");
    assert!(client.wait().expect("it ends").success());
}

#[test]
fn a_file_is_sent_line_by_line() {
    let server = start(&[]);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("client-lines");
    std::fs::write(&path, "one\ntwo\nlast").expect("a file");
    let address = format!("ws://{}/ws", server.address());
    let client = client(&address, File::open(&path).expect("a file"));
    let output = client.wait_with_output().expect("it ends");
    std::fs::remove_file(path).expect("a file");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"one\ntwo\nlast\n");
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let (address, server) = serve(|mut stream| until_it_leaves(&mut stream));
    assert_fails(
        client(&address, Stdio::null()),
        "not answered the request in time",
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_that_speaks_another_protocol_is_told_at_once() {
    let (address, server) = serve(|mut stream| {
        stream
            .write_all(b"220 mail ESMTP\r\n")
            .expect("it takes it");
        until_it_leaves(&mut stream);
    });
    assert_fails(client(&address, Stdio::null()), "isn't an HTTP/1.1 server");
    server.join().expect("no panic");
}

#[test]
fn a_server_that_never_answers_the_close_is_given_up() {
    let (address, server) = serve(|mut stream| {
        agree(&mut stream);
        until_it_leaves(&mut stream);
    });
    assert_fails(
        client(&address, Stdio::null()),
        "not answered the Close in time",
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_that_does_not_end_the_connection_is_not_waited_for() {
    let (address, server) = serve(|mut stream| {
        agree(&mut stream);
        stream.write_all(b"\x88\x00").expect("it takes it");
        until_it_leaves(&mut stream);
    });
    let mut client = client(&address, Stdio::piped());
    let typing = client.stdin.take(); // it doesn't end, so that isn't what ends the client
    let output = client.wait_with_output().expect("it ends");
    drop(typing);
    assert!(output.status.success(), "{output:?}");
    server.join().expect("no panic");
}

/// What the program prints when these lines are typed.
fn say(address: &str, lines: &[u8]) -> Output {
    let mut client = client(address, Stdio::piped());
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
