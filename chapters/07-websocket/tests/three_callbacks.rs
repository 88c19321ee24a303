//! The example `three_callbacks`, as a client of another implementation sees it: what it answers, and what
//! it prints.

use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use harness::{DEADLINE, Server, Signal};
use tungstenite::{Error, Message, WebSocket};

/// Cargo builds the examples beside the tests.
fn start() -> Server {
    let mut path: PathBuf = std::env::current_exe().unwrap(); // target/debug/deps/three_callbacks-…
    path.pop();
    path.pop();
    path.extend(["examples", "three_callbacks"]);
    assert!(
        path.exists(),
        "cargo builds the examples for `cargo test -p ch07-websocket`, but not for one test target \
         alone: `cargo build -p ch07-websocket --examples` first"
    );
    Server::spawn(path.to_str().unwrap(), &[])
}

fn connect(server: &Server) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(server.address()).expect("a server");
    stream.set_read_timeout(Some(DEADLINE)).expect("a socket");
    let address = format!("ws://{}/", server.address());
    let (socket, _) = tungstenite::client(address, stream).expect("a WebSocket");
    socket
}

/// Waits until the server has printed these lines, in this order.
fn expect_printed(server: &Server, expected: &[&str]) {
    for _ in 0..2000 {
        let printed = server.stdout();
        let mut lines = printed.lines();
        if expected
            .iter()
            .all(|line| lines.any(|found| found == *line))
        {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it has printed:\n{}", server.stdout());
}

#[test]
fn it_welcomes_a_client_answers_each_message_and_prints_what_happens() {
    let server = start();
    let mut socket = connect(&server);
    assert_eq!(socket.read().unwrap(), Message::text("hello, welcome\n"));
    for text in ["Hello", "", "Hü€"] {
        socket.send(Message::text(text)).unwrap();
        assert_eq!(
            socket.read().unwrap(),
            Message::text(format!("server: {text}"))
        );
    }
    expect_printed(
        &server,
        &[
            "client-1 is open",
            "Message: Hello",
            "Message: ",
            "Message: Hü€",
        ],
    );
    socket.close(None).unwrap();
    let end = loop {
        match socket.read() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(end, Error::ConnectionClosed), "{end}");
    expect_printed(&server, &["client-1 is closed"]);
}

#[test]
fn clients_have_their_own_numbers_and_one_that_vanishes_is_closed() {
    let server = start();
    let first = connect(&server);
    expect_printed(&server, &["client-1 is open"]);
    let _second = connect(&server);
    expect_printed(&server, &["client-2 is open"]);
    drop(first);
    expect_printed(&server, &["client-1 is closed"]);
    assert!(!server.stdout().contains("client-2 is closed"));
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    expect_printed(&server, &["client-2 is closed"]);
}
