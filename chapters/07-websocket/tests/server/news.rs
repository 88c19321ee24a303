//! Four ways to learn of news.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ch07_websocket::{Close, CloseCode, Opcode};
use harness::{Client, DEADLINE, Directory, Server, Signal};

use crate::socket::{SWITCHING, masked, masked_close, plain, request};
use crate::{start, wait_until};

/// As long as a time: `Sun, 06 Nov 1994 08:49:37 GMT`.
const TIME: usize = 29;

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// News comes once a second.
fn patient() -> Server {
    start(&[]).with_deadline(Duration::from_secs(20))
}

/// Reads this many bytes.
#[track_caller]
fn receive(client: &mut Client, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let received = client.stream().read_exact(&mut bytes);
    received.expect("bytes before the deadline");
    bytes
}

/// Reads up to and with `end`.
#[track_caller]
fn read_until(client: &mut Client, end: &str) -> String {
    let mut received = String::new();
    while !received.ends_with(end) {
        received.push(char::from(receive(client, 1)[0]));
    }
    received
}

/// Reads an answer whose content is a time: its head, and the time.
#[track_caller]
fn read_answer(client: &mut Client) -> (String, String) {
    let head = read_until(client, "\r\n\r\n");
    (head, read_until(client, "GMT"))
}

/// A listener behind its handshake.
#[track_caller]
fn listen(server: &Server) -> Client {
    let mut client = server.client();
    let request = String::from_utf8(request("")).expect("text");
    client.send(request.replacen("/ws", "/ws/broadcast-time", 1).as_bytes());
    client.expect(SWITCHING);
    client
}

#[track_caller]
fn read_frame(client: &mut Client) -> String {
    let header = receive(client, 2);
    assert_eq!(header, plain(Opcode::Text, &[b'x'; TIME])[..2]);
    String::from_utf8(receive(client, TIME)).expect("text")
}

#[test]
fn a_poll_is_answered_at_once_and_tells_what_it_has_cost() {
    let server = patient();
    let mut client = server.client();
    for _ in 0..2 {
        client.send(&get("/poll"));
        let (head, time) = read_answer(&mut client);
        assert_eq!(time.len(), TIME, "{time}");
        let cost = format!("Request-Bytes: {}\r\n", get("/poll").len());
        assert!(head.contains(&cost), "{head}");
        assert!(head.contains("Cache-Control: no-store\r\n"), "{head}");
    }
}

#[test]
fn a_long_poll_is_answered_once_there_is_something_new() {
    let server = patient();
    let mut client = server.client();
    client.send(&get("/long-poll"));
    let (_, mut known) = read_answer(&mut client);
    for _ in 0..2 {
        let after = known.replace(' ', "%20");
        client.send(&get(&format!("/long-poll?after={after}")));
        let (_, time) = read_answer(&mut client);
        assert_ne!(time, known, "that was known");
        known = time;
    }
}

#[test]
fn bytes_behind_a_long_poll_do_not_put_it_off() {
    let server = patient();
    let mut client = server.client();
    client.send(&get("/long-poll"));
    let (_, known) = read_answer(&mut client);
    client.send(&get(&format!(
        "/long-poll?after={}",
        known.replace(' ', "+")
    )));
    client.send_byte_by_byte(&get("/poll"));
    let (_, time) = read_answer(&mut client);
    assert_ne!(time, known);
    read_answer(&mut client);
}

#[test]
fn events_come_as_they_happen_and_never_twice() {
    let server = patient();
    let mut client = server.client();
    client.send(&get("/events"));
    let head = read_until(&mut client, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(
        head.contains("Content-Type: text/event-stream\r\n"),
        "{head}"
    );
    assert!(!head.contains("Content-Length"), "{head}");
    let events: Vec<_> = (0..3).map(|_| read_until(&mut client, "\n\n")).collect();
    for event in &events {
        assert!(event.starts_with("data: "), "{event}");
        assert_eq!(event.len(), "data: ".len() + TIME + 2, "{event}");
    }
    assert!(
        events[0] != events[1] && events[1] != events[2],
        "{events:?}"
    );
}

/// nginx, with what it does unless it is told otherwise, in front of a server.
struct Nginx {
    process: Child,
    directory: Directory,
}

impl Nginx {
    fn before(server: &Server) -> io::Result<Self> {
        let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
        let here = directory.path().display();
        let temporary = |kind| format!("{kind}_temp_path {here}/{kind}; ");
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(temporary)
            .concat();
        let configuration = format!(
            "daemon off; master_process off; pid {here}/pid; error_log stderr; events {{}}
             http {{ access_log off; {temporary} server {{ listen unix:{here}/socket;
             location / {{ proxy_pass http://{}; proxy_set_header Host localhost; }} }} }}",
            server.address()
        );
        let file = directory.write("nginx.conf", configuration.as_bytes());
        let mut command = Command::new("nginx");
        command.arg("-p").arg(directory.path()).arg("-c").arg(file);
        let process = command.stderr(Stdio::null()).spawn()?;
        Ok(Self { process, directory })
    }

    fn connect(&self) -> UnixStream {
        let socket = self.directory.join("socket");
        wait_until("nginx listens", || UnixStream::connect(&socket).is_ok());
        let stream = UnixStream::connect(socket).expect("nginx takes a connection");
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        stream
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As reported to javalin#1483, nginx#1505, ktor#3993 and express-sse#23: nginx collects what it passes
/// on until a buffer is full, and so no event comes.
#[test]
fn events_pass_a_proxy_as_they_happen() {
    let server = patient();
    let nginx = match Nginx::before(&server) {
        Ok(nginx) => nginx,
        Err(error) => {
            eprintln!("SKIPPED events_pass_a_proxy_as_they_happen: no nginx ({error})");
            return;
        }
    };
    let mut client = nginx.connect();
    client.write_all(&get("/events")).expect("it is taken");
    let mut received = Vec::new();
    while received.windows(6).filter(|six| six == b"data: ").count() < 2 {
        let mut bytes = [0; 512];
        let count = client
            .read(&mut bytes)
            .expect("an event before the deadline");
        assert!(count > 0, "{}", String::from_utf8_lossy(&received));
        received.extend_from_slice(&bytes[..count]);
    }
}

#[test]
fn of_events_head_gets_the_head() {
    let server = patient();
    let mut client = server.client();
    client.send(b"HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.finish_sending();
    let answer = String::from_utf8(client.read_to_end()).expect("text");
    assert!(
        answer.contains("text/event-stream") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[test]
fn the_time_is_broadcast_to_all_who_listen() {
    let server = patient();
    let mut clients = [listen(&server), listen(&server)];
    for client in &mut clients {
        let times: Vec<_> = (0..3).map(|_| read_frame(client)).collect();
        assert!(times[0] != times[1] && times[1] != times[2], "{times:?}");
    }
}

#[test]
fn what_a_listener_says_is_no_news_but_he_is_answered() {
    let server = patient();
    let mut client = listen(&server);
    client.send(&masked(Opcode::Text, b"and I?"));
    client.send(&masked(Opcode::Ping, b"there?"));
    client.send(&masked_close(Close::from(CloseCode::NORMAL)));
    let received = client.read_to_end();
    let close = plain(Opcode::Close, &CloseCode::NORMAL.number().to_be_bytes());
    let end = [plain(Opcode::Pong, b"there?"), close].concat();
    let news = received.strip_suffix(&end[..]);
    let news = news.unwrap_or_else(|| panic!("{}", received.escape_ascii()));
    let header = &plain(Opcode::Text, &[b'x'; TIME])[..2];
    assert!(news.chunks(2 + TIME).all(|frame| frame.starts_with(header)));
}

#[test]
fn listeners_are_told_when_the_server_stops() {
    let server = patient();
    let mut frames = listen(&server);
    let mut events = server.client();
    events.send(&get("/events"));
    read_until(&mut events, "\n\n");
    server.signal(Signal::SIGTERM);
    let received = events.read_to_end();
    assert!(received.is_empty() || received.starts_with(b"data: "));
    let received = frames.read_to_end();
    let close = plain(Opcode::Close, &CloseCode::GOING_AWAY.number().to_be_bytes());
    assert!(received.ends_with(&close), "{}", received.escape_ascii());
    assert!(server.wait().success());
}
