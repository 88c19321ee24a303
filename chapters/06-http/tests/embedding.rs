//! A server with handlers of its own: connections that change their protocol, and answers that one
//! connection's request gives to another.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ch06_http::{
    Call, Files, Http, Method, Occasion, Outcome, Patience, Reply, Response, Route, Site, Status,
};
use reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, Waker, listen};

/// Bytes that sockets don't hold.
const LONG: usize = 30_000_000;

/// Who waits for a word, and the words that were said.
#[derive(Default)]
struct Words {
    waiting: Vec<ConnId>,
    last: Option<Vec<u8>>,
}

/// HTTP, until a request asks for capitals.
enum Session {
    Http(Http),
    Capitals,
}

struct Server(Site<Words, Capitals>);

/// What a request upgrades to, with what its route has found in it.
struct Capitals {
    greeting: Vec<u8>,
}

impl Server {
    fn done(io: &mut Io, id: ConnId, session: &mut Session, outcome: Outcome<Capitals>) {
        if let Outcome::Upgrade(request, capitals) = outcome {
            assert_eq!(request.head().target.path(), b"/capitals");
            io.send(id, b"HTTP/1.1 101 Switching Protocols\r\n\r\n");
            io.send(id, &capitals.greeting);
            *session = Session::Capitals;
        }
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Session {
        Session::Http(Http::open(io, id, &self.0))
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.0, input);
            Self::done(io, id, session, outcome);
        }
        if let Session::Capitals = session {
            io.send(id, &input.to_ascii_uppercase());
            input.clear();
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        if let Session::Http(http) = session {
            let outcome = http.on_timer(io, id, &mut self.0, key);
            Self::done(io, id, session, outcome);
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, _: &mut Session) {
        io.close(id);
    }
}

fn wait(words: &mut Words, call: &mut Call<'_>) -> Reply<Capitals> {
    match (call.occasion, words.last.take()) {
        (Occasion::Resumed, Some(word)) => {
            let word = Response::new(Status::OK).content("text/plain", word);
            Reply::Now(word)
        }
        (_, last) => {
            words.last = last;
            words.waiting.push(call.id);
            Reply::Later
        }
    }
}

fn say(words: &mut Words, call: &mut Call<'_>) -> Reply<Capitals> {
    words.last = Some(call.body.to_vec());
    for id in words.waiting.drain(..) {
        call.io.resume(id);
    }
    Response::new(Status::NO_CONTENT).into()
}

/// More than sockets take, and a moment later.
fn long(_: &mut Words, call: &mut Call<'_>) -> Reply<Capitals> {
    if call.occasion == Occasion::Request {
        call.set_timer(Duration::from_millis(1));
        return Reply::Later;
    }
    let content = vec![b'x'; LONG];
    Response::new(Status::OK)
        .content("text/plain", content)
        .into()
}

fn capitals(_: &mut Words, call: &mut Call<'_>) -> Reply<Capitals> {
    let greeting = call.head.target.query().unwrap_or_default().to_vec();
    Reply::Upgrade(Capitals { greeting })
}

/// A server in a thread, stopped when dropped.
struct Running {
    address: SocketAddr,
    waker: Waker,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn start() -> Self {
        Self::with(Patience::default(), Limits::default())
    }

    fn with(patience: Patience, limits: Limits) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let address = listener.local_addr().unwrap();
        let mut reactor = Reactor::new(limits).unwrap();
        reactor.add_listener(listener).unwrap();
        let waker = reactor.waker();
        let thread = thread::spawn(move || {
            let routes = vec![
                Route::new(Method::Get, "/capitals", capitals),
                Route::new(Method::Get, "/wait", wait),
                Route::new(Method::Post, "/say", say).taking(64),
                Route::new(Method::Get, "/long", long),
            ];
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
            let files = Files::open(Path::new(root)).unwrap();
            let mut site = Site::new(files, routes, Words::default());
            site.patience = patience;
            reactor.run(&mut Server(site)).unwrap();
        });
        Self {
            address,
            waker,
            thread: Some(thread),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waker.stop();
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// Reads until `text` has come.
#[track_caller]
fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut received = Vec::new();
    let mut byte = [0];
    while !received.ends_with(text.as_bytes()) {
        let shown = received.escape_ascii().to_string();
        let result = stream.read_exact(&mut byte);
        assert!(result.is_ok(), "{result:?}, no {text:?} in {shown:?}");
        received.push(byte[0]);
    }
    String::from_utf8(received).unwrap()
}

#[test]
fn an_upgrade_takes_over_with_the_input_behind_its_request() {
    let server = Running::start();
    let mut stream = server.connect();
    let requests = b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n\
                     GET /capitals HTTP/1.1\r\nHost: a\r\n\r\n\
                     hello, ";
    stream.write_all(requests).unwrap();
    let before = read_until(&mut stream, "HELLO, ");
    assert!(before.starts_with("HTTP/1.1 200 OK"), "{before}");
    assert!(before.contains("}\nHTTP/1.1 101 "), "{before}");
    stream.write_all(b"world").unwrap();
    read_until(&mut stream, "WORLD");
}

#[test]
fn an_upgrade_carries_what_its_route_has_found_in_the_request() {
    let server = Running::start();
    let mut stream = server.connect();
    stream
        .write_all(b"GET /capitals?welcome! HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    assert!(read_until(&mut stream, "welcome!").contains(" 101 "));
}

#[test]
fn an_upgrade_takes_over_behind_a_body_too() {
    let server = Running::start();
    let mut stream = server.connect();
    let request = b"GET /capitals HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyhello";
    stream.write_all(request).unwrap();
    assert!(read_until(&mut stream, "HELLO").contains(" 101 "));
}

#[test]
fn a_request_may_be_answered_when_another_has_come() {
    let server = Running::start();
    let (mut waits, mut says) = (server.connect(), server.connect());
    waits
        .write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let mut word = 0;
    // Whichever of the two comes first, a word that is said behind the question is heard.
    waits
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    while waits.peek(&mut [0]).is_err() {
        assert!(word < 100, "nothing is heard");
        word += 1;
        says.write_all(b"POST /say HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            .unwrap();
        read_until(&mut says, "\r\n\r\n");
    }
    waits.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    let answers = read_until(&mut waits, "404 Not Found");
    assert!(answers.starts_with("HTTP/1.1 200 OK"), "{answers}");
    assert!(answers.contains("hello"), "{answers}");
}

#[test]
fn a_late_answer_that_nobody_reads_is_cut_like_any_other() {
    let limits = Limits {
        stall: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = Running::with(Patience::default(), limits);
    let mut stream = server.connect();
    stream
        .write_all(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let began = Instant::now();
    // Not by a read, which would be a sign of life.
    let error = loop {
        if let Some(error) = stream.take_error().unwrap() {
            break error;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it still waits");
        thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn behind_a_late_answer_that_fills_the_output_comes_the_next() {
    expect_next_behind_long(&Running::start(), Duration::ZERO);
}

/// What is left then is to be read, and that is another matter.
#[test]
fn the_deadline_of_a_late_answer_ends_with_the_answer() {
    let patience = Patience {
        answer: Duration::from_millis(300),
        ..Patience::default()
    };
    let server = Running::with(patience, Limits::default());
    expect_next_behind_long(&server, Duration::from_millis(600));
}

/// Asks for `/long` and something else, and reads both answers after this time.
#[track_caller]
fn expect_next_behind_long(server: &Running, pause: Duration) {
    let mut stream = server.connect();
    let next = b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream
        .write_all(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    stream.write_all(next).unwrap();
    thread::sleep(pause);
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    let answer = received
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let behind = &received[answer + 4 + LONG..];
    assert!(
        behind.starts_with(b"HTTP/1.1 404 "),
        "{}",
        behind.escape_ascii()
    );
}

const IDLE: Duration = Duration::from_millis(400);

/// Asks again and again, for longer than an idle connection may last: whether the server has kept it
/// open, and the longest pause that there was.
fn ask_on(server: &Running) -> (bool, Duration) {
    let mut stream = server.connect();
    let (began, mut last, mut longest) = (Instant::now(), Instant::now(), Duration::ZERO);
    let mut is_open = true;
    while is_open && began.elapsed() < 3 * IDLE {
        thread::sleep(IDLE / 20);
        let asked = stream.write_all(b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n");
        is_open = asked.is_ok() && matches!(stream.read(&mut [0; 8192]), Ok(1..));
        longest = longest.max(last.elapsed());
        last = Instant::now();
    }
    (is_open, longest)
}

#[test]
fn a_connection_that_goes_on_asking_is_not_idle() {
    let patience = Patience {
        idle: IDLE,
        ..Patience::default()
    };
    let server = Running::with(patience, Limits::default());
    // On a machine that stands still for so long, every client is idle: that is no answer.
    let mut tries = (0..20).map(|_| ask_on(&server));
    let fair = tries.find(|(is_open, pause)| *is_open || *pause < IDLE / 2);
    let (is_open, pause) = fair.expect("a machine that goes on");
    assert!(is_open, "closed, though it asked every {pause:?}");
}
