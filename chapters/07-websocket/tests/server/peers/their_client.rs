//! This chapter's server, and a client of tungstenite's.

use std::net::TcpStream;

use harness::{Server, Signal};
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame};
use tungstenite::protocol::{WebSocket, WebSocketConfig};
use tungstenite::{Error, Message};

use super::{DEADLINE, Patient, messages};

fn start(options: &[&str]) -> Server {
    crate::start(options).with_deadline(DEADLINE)
}

fn connect(server: &Server) -> WebSocket<Patient> {
    connect_with(server, None).0
}

/// A client that offers these sub-protocols, and which of them was chosen.
fn connect_with(server: &Server, offered: Option<&str>) -> (WebSocket<Patient>, Option<String>) {
    const NAME: &str = "Sec-WebSocket-Protocol";
    let stream = Patient::new(TcpStream::connect(server.address()).expect("a server"));
    let address = format!("ws://{}/ws", server.address());
    let mut request = address.into_client_request().expect("a request");
    if let Some(offered) = offered {
        let value = offered.parse().expect("a value");
        request.headers_mut().insert(NAME, value);
    }
    let config = WebSocketConfig::default()
        .max_frame_size(None)
        .max_message_size(None);
    let client = tungstenite::client::client_with_config(request, stream, Some(config));
    let (socket, response) = client.expect("a WebSocket");
    let chosen = response.headers().get(NAME);
    let chosen = chosen.map(|value| value.to_str().expect("text").to_owned());
    (socket, chosen)
}

#[test]
fn text_and_bytes_come_back_whatever_their_length() {
    let server = start(&[]);
    let mut socket = connect(&server);
    for message in messages() {
        socket
            .send(Message::binary(message.clone()))
            .expect("it takes it");
        let back = socket.read().expect("an answer");
        assert!(back == Message::binary(message), "it is another one");
    }
    for text in ["", "Hü€😀"] {
        socket.send(Message::text(text)).expect("it takes it");
        assert_eq!(socket.read().expect("an answer"), Message::text(text));
    }
}

#[test]
fn fragments_with_a_ping_between_come_back_as_one_message() {
    let server = start(&[]);
    let mut socket = connect(&server);
    let frame = |opcode, last, text: &str| {
        Message::Frame(Frame::message(text.to_owned(), OpCode::Data(opcode), last))
    };
    socket
        .send(frame(Data::Text, false, "one, "))
        .expect("it takes it");
    socket
        .send(Message::Ping("there?".into()))
        .expect("it takes it");
    socket
        .send(frame(Data::Continue, true, "two"))
        .expect("it takes it");
    assert_eq!(
        socket.read().expect("an answer"),
        Message::Pong("there?".into())
    );
    assert_eq!(socket.read().expect("an answer"), Message::text("one, two"));
}

#[test]
fn a_client_closes() {
    let server = start(&[]);
    let mut socket = connect(&server);
    let close = CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    };
    socket.close(Some(close.clone())).expect("it takes it");
    assert_eq!(
        socket.read().expect("an answer"),
        Message::Close(Some(close))
    );
    assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
}

#[test]
fn a_server_closes() {
    let server = start(&[]);
    let mut socket = connect(&server);
    server.signal(Signal::SIGTERM);
    let Message::Close(Some(close)) = socket.read().expect("a Close") else {
        panic!("it isn't a Close");
    };
    assert_eq!(close.code, CloseCode::Away);
    assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
    drop(socket);
    assert!(server.wait().success());
}

#[test]
fn pings_of_the_server_are_answered() {
    let server = start(&["--heartbeat", "1"]);
    let mut socket = connect(&server);
    assert_eq!(socket.read().expect("a question"), Message::Ping("".into()));
    socket
        .send(Message::text("still here"))
        .expect("it takes it");
    assert_eq!(
        socket.read().expect("an answer"),
        Message::text("still here")
    );
}

#[test]
fn a_sub_protocol_is_agreed_on() {
    let server = start(&["--protocol", "one", "--protocol", "two"]);
    let (_, chosen) = connect_with(&server, Some("three, two, one"));
    assert_eq!(chosen.as_deref(), Some("two"));
}
