//! This chapter's client, and a server of tungstenite's.

use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use ch07_websocket::{
    Address, Close, CloseCode, Error, Failure, Goodbye, Incoming, Kind, Misunderstanding, Opcode,
};
use tungstenite::Message;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::http::HeaderValue;
use tungstenite::protocol::frame::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode as TheirCode;
use tungstenite::protocol::{WebSocket, WebSocketConfig};

use crate::blocking::Blocking;

use super::{DEADLINE, Patient, messages};

/// A server that does `what` with one connection.
fn serve(
    protocol: Option<&'static str>,
    what: impl FnOnce(WebSocket<Patient>) + Send + 'static,
) -> (Address, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let thread = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        let config = WebSocketConfig::default()
            .max_frame_size(None)
            .max_message_size(None);
        let stream = Patient::new(stream);
        #[expect(clippy::result_large_err, reason = "it is not ours")]
        let choose = |_: &Request, mut response: Response| {
            if let Some(protocol) = protocol {
                let value = HeaderValue::from_static(protocol);
                response
                    .headers_mut()
                    .insert("Sec-WebSocket-Protocol", value);
            }
            Ok(response)
        };
        let socket = tungstenite::accept_hdr_with_config(stream, choose, Some(config));
        what(socket.expect("a handshake"));
    });
    let address = format!("ws://{address}/chat").parse().expect("an address");
    (address, thread)
}

fn echo(mut socket: WebSocket<Patient>) {
    while let Ok(message) = socket.read() {
        if message.is_text() || message.is_binary() {
            socket.send(message).expect("it takes it");
        }
    }
}

fn connect(address: &Address) -> Blocking {
    let client = Blocking::connect(address, &[]).expect("a server");
    client
        .stream()
        .set_read_timeout(Some(DEADLINE))
        .expect("a socket");
    client
}

fn goodbye(code: CloseCode, reason: &str) -> Incoming {
    Incoming::Close(Goodbye {
        code,
        reason: reason.to_owned(),
    })
}

#[test]
fn text_and_bytes_come_back_whatever_their_length() {
    let (address, server) = serve(None, echo);
    let mut client = connect(&address);
    for message in messages() {
        client.send(Kind::Binary, &message).expect("it takes it");
        let back = client.receive().expect("an answer");
        assert!(back == Incoming::Binary(message), "it is another one");
    }
    for text in ["", "Hü€😀"] {
        client
            .send(Kind::Text, text.as_bytes())
            .expect("it takes it");
        let back = client.receive().expect("an answer");
        assert_eq!(back, Incoming::Text(text.to_owned()));
    }
    drop(client);
    server.join().expect("no panic");
}

#[test]
fn fragments_with_a_ping_between_are_one_message() {
    let (address, server) = serve(None, echo);
    let mut client = connect(&address);
    let mut send = |opcode, last, text: &[u8]| client.send_frame(opcode, last, text);
    send(Opcode::Text, false, b"one, ").expect("it takes it");
    send(Opcode::Ping, true, b"there?").expect("it takes it");
    send(Opcode::Continuation, true, b"two").expect("it takes it");
    let answers = [
        client.receive().expect("one"),
        client.receive().expect("two"),
    ];
    assert_eq!(answers[0], Incoming::Pong(b"there?".to_vec()));
    assert_eq!(answers[1], Incoming::Text("one, two".to_owned()));
    drop(client);
    server.join().expect("no panic");
}

#[test]
fn a_client_closes() {
    let (address, server) = serve(None, echo);
    let mut client = connect(&address);
    client.send(Kind::Text, b"last words").expect("it takes it");
    let close = Close {
        code: Some(CloseCode::GOING_AWAY),
        reason: "enough",
    };
    client.close(close).expect("it takes it");
    assert!(matches!(
        client.send(Kind::Text, b"more"),
        Err(Failure::Closed)
    ));
    assert_eq!(
        client.receive().expect("it"),
        Incoming::Text("last words".to_owned())
    );
    assert_eq!(
        client.receive().expect("the end"),
        goodbye(CloseCode::GOING_AWAY, "enough")
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_closes() {
    let (address, server) = serve(None, |mut socket| {
        let close = CloseFrame {
            code: TheirCode::Library(4001),
            reason: "too late".into(),
        };
        socket.close(Some(close)).expect("it takes it");
        let answered = socket.read().expect("an answer");
        assert!(matches!(answered, Message::Close(Some(close)) if u16::from(close.code) == 4001));
    });
    let mut client = connect(&address);
    let code = CloseCode::of(4001).expect("a code");
    assert_eq!(
        client.receive().expect("the end"),
        goodbye(code, "too late")
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_that_just_leaves_has_not_closed() {
    let (address, server) = serve(None, drop);
    let mut client = connect(&address);
    assert_eq!(
        client.receive().expect("the end"),
        goodbye(CloseCode::ABNORMAL, "")
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_asks_and_the_client_answers() {
    let (address, server) = serve(None, |mut socket| {
        socket
            .send(Message::Ping("there?".into()))
            .expect("it takes it");
        assert_eq!(
            socket.read().expect("an answer"),
            Message::Pong("there?".into())
        );
        socket.send(Message::text("good")).expect("it takes it");
    });
    let mut client = connect(&address);
    assert_eq!(
        client.receive().expect("it"),
        Incoming::Text("good".to_owned())
    );
    server.join().expect("no panic");
}

#[test]
fn a_server_that_masks_is_told_that_it_must_not() {
    let (address, server) = serve(None, |mut socket| {
        use std::io::Write;
        socket
            .get_mut()
            .write_all(b"\x81\x81\0\0\0\0a")
            .expect("it takes it");
        let Message::Close(Some(close)) = socket.read().expect("a Close") else {
            panic!("it isn't a Close");
        };
        assert_eq!(close.code, TheirCode::Protocol);
    });
    let mut client = connect(&address);
    assert!(matches!(
        client.receive(),
        Err(Failure::Protocol(Error::Masked))
    ));
    server.join().expect("no panic");
}

#[test]
fn a_sub_protocol_is_chosen_from_those_that_were_offered() {
    let offered = ["one".to_owned(), "two".to_owned()];
    let (address, server) = serve(Some("two"), drop);
    let client = Blocking::connect(&address, &offered).expect("a server");
    assert_eq!(client.protocol(), Some("two"));
    server.join().expect("no panic");
    let (address, server) = serve(Some("three"), drop);
    let outcome = Blocking::connect(&address, &offered);
    assert!(matches!(
        outcome,
        Err(Failure::Opening(Misunderstanding::Protocol))
    ));
    server.join().expect("no panic");
}
