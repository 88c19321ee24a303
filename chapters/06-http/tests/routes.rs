//! What routes can do besides an answer at once: files, answers that never come, and what is told of
//! answers.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ch06_http::{
    Answered, Call, Files, Method, Occasion, Patience, Reply, Response, Route, Site, Status,
};
use reactor::{Limits, Reactor, Waker, listen};

/// What the site was told, a line for each answer; and how often a route was asked.
#[derive(Default, Clone)]
struct Told {
    log: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<usize>>,
}

fn tell(told: &mut Told, answered: &Answered<'_>) {
    let asked = answered.head.map_or("?".to_string(), |head| {
        let target = String::from_utf8_lossy(head.target.text()).into_owned();
        format!("{} {target}", head.method)
    });
    let peer = answered.peer.map_or(0, |peer| peer.port());
    let (code, bytes) = (answered.status.code(), answered.bytes);
    let late = if answered.took.is_zero() { "" } else { " late" };
    let line = format!("{peer} {asked} {code} {bytes}{late}");
    told.log.lock().unwrap().push(line);
}

/// A file for those who have the cookie, at its own path.
fn members_only(_: &mut Told, call: &mut Call<'_>) -> Reply {
    match call.head.fields.get("cookie") {
        Some(b"member") => Reply::file("/style.css"),
        _ => Response::error(Status::FORBIDDEN, "This is for members.").into(),
    }
}

/// Says each time that the answer comes later.
fn never(told: &mut Told, call: &mut Call<'_>) -> Reply {
    *told.asked.lock().unwrap() += 1;
    if call.head.target.query() == Some(b"timer") && call.occasion != Occasion::Resumed {
        call.set_timer(Duration::from_millis(10));
    }
    Reply::Later
}

fn soon(_: &mut Told, call: &mut Call<'_>) -> Reply {
    match call.occasion {
        Occasion::Timer => Response::new(Status::NO_CONTENT).into(),
        Occasion::Request | Occasion::Resumed => {
            call.set_timer(Duration::from_millis(20));
            Reply::Later
        }
    }
}

/// A server in a thread, stopped when dropped.
struct Running {
    address: SocketAddr,
    waker: Waker,
    thread: Option<thread::JoinHandle<()>>,
    told: Told,
}

impl Running {
    /// A server of the chapter's site that waits so long for an answer.
    fn start(answer: Duration) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
        Self::with(Path::new(root), answer)
    }

    fn with(root: &Path, answer: Duration) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let address = listener.local_addr().unwrap();
        let mut reactor = Reactor::new(Limits::default()).unwrap();
        reactor.add_listener(listener).unwrap();
        let waker = reactor.waker();
        let told = Told::default();
        let state = told.clone();
        let files = Files::open(root).unwrap();
        let thread = thread::spawn(move || {
            let routes = vec![
                Route::new(Method::Get, "/page", |_, _| Reply::file("/style.css")),
                Route::any("/any", |_, _| Reply::file("/style.css")),
                Route::new(Method::Get, "/gone", |_, _| Reply::file("/nowhere")),
                Route::new(Method::Get, "/style.css", members_only),
                Route::new(Method::Get, "/never", never),
                Route::new(Method::Get, "/soon", soon),
                Route::any("/echo", ch06_http::echo).taking(u64::MAX),
                Route::any("/no-body", ch06_http::echo),
                Route::any("/short", ch06_http::echo).taking(4),
            ];
            let mut site = Site::new(files, routes, state);
            site.on_answer = Some(tell);
            site.patience = Patience {
                answer,
                ..Patience::default()
            };
            reactor.run(&mut site).unwrap();
        });
        let thread = Some(thread);
        Self {
            address,
            waker,
            thread,
            told,
        }
    }

    /// Sends `requests` on one connection: the local port, and all that comes back.
    fn ask(&self, requests: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        stream.write_all(requests.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut received = String::new();
        stream.read_to_string(&mut received).unwrap();
        (stream.local_addr().unwrap().port(), received)
    }

    /// The answer to a request with these further lines.
    fn get(&self, line: &str, fields: &str) -> String {
        let request = format!("{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        self.ask(&request).1
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waker.stop();
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

const LONG: Duration = Duration::from_mins(5);
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_route_may_answer_with_a_file_which_is_sent_like_any_other() {
    let server = Running::start(LONG);
    let whole = server.get("GET /page", "");
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
    assert!(whole.contains("Content-Type: text/css"), "{whole}");
    let tag = whole.lines().find_map(|line| line.strip_prefix("ETag: "));
    let tag = tag.expect("a tag");
    let known = server.get("GET /page", &format!("If-None-Match: {tag}\r\n"));
    assert!(known.starts_with("HTTP/1.1 304 "), "{known}");
    let part = server.get("GET /page", "Range: bytes=0-3\r\n");
    assert!(part.starts_with("HTTP/1.1 206 "), "{part}");
    assert!(part.contains("\r\nContent-Length: 4\r\n"), "{part}");
    let head = server.get("HEAD /page", "");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let (_, content) = whole.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains(&format!("Content-Length: {}\r\n", content.len())));
}

#[test]
fn a_file_that_a_route_names_may_be_missing_and_takes_only_get_and_head() {
    let server = Running::start(LONG);
    assert!(server.get("GET /gone", "").starts_with("HTTP/1.1 404 "));
    let refused = server.get("POST /any", "Content-Length: 0\r\n");
    assert!(refused.starts_with("HTTP/1.1 405 "), "{refused}");
}

#[test]
fn a_file_at_a_routes_own_path_is_sent_to_those_whom_the_route_lets_in() {
    let server = Running::start(LONG);
    for _ in 0..3 {
        // Within a second: the file is at hand.
        let member = server.get("GET /style.css", "Cookie: member\r\n");
        assert!(member.starts_with("HTTP/1.1 200 "), "{member}");
        let other = server.get("GET /style.css", "");
        assert!(other.starts_with("HTTP/1.1 403 "), "{other}");
    }
}

#[test]
fn an_answer_that_does_not_come_in_time_is_503_and_the_next_request_is_served() {
    let server = Running::start(SHORT);
    for target in ["/never", "/never?timer"] {
        let requests = format!(
            "GET {target} HTTP/1.1\r\nHost: a\r\n\r\nGET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        let answers = server.ask(&requests).1;
        assert!(answers.starts_with("HTTP/1.1 503 "), "{answers}");
        assert!(answers.contains("The answer took too long."), "{answers}");
        assert!(answers.contains("HTTP/1.1 200 OK\r\n"), "{answers}");
    }
    let asked = *server.told.asked.lock().unwrap();
    assert!(asked > 2, "a timer of its own is heeded until then");
}

#[test]
fn a_timer_of_a_route_that_runs_out_in_time_is_the_routes() {
    let server = Running::start(LONG);
    let answer = server.get("GET /soon", "");
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

#[test]
fn a_site_is_told_of_each_answer() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("routes-told");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("index.html"), "hello").unwrap();
    fs::write(root.join("large"), "x".repeat(20_000)).unwrap(); // more than is held in memory
    let server = Running::with(&root, SHORT);
    let (port, received) = server.ask(
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /large HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n\
         HEAD /index.html HTTP/1.1\r\nHost: a\r\n\r\n\
         POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
         GET /soon HTTP/1.1\r\nHost: a\r\n\r\n\
         DELETE /index.html?x HTTP/1.1\r\nHost: a\r\n\r\n\
         GET / HTTP/1.1\r\nNo Colon\r\n\r\n",
    );
    let answers: Vec<_> = received.split("HTTP/1.1 ").skip(1).collect();
    let bytes = |at: usize| "HTTP/1.1 ".len() + answers[at].len();
    let expected = [
        format!("{port} GET /large 200 {}", bytes(0)),
        format!("{port} GET /large 200 {}", bytes(1)),
        format!("{port} GET /index.html 200 {}", bytes(2)),
        format!("{port} HEAD /index.html 200 {}", bytes(3)),
        format!("{port} POST /echo 200 {}", bytes(4)),
        format!("{port} GET /soon 204 {} late", bytes(5)),
        format!("{port} DELETE /index.html?x 405 {}", bytes(6)),
        format!("{port} ? 400 {}", bytes(7)),
    ];
    assert_eq!(*server.told.log.lock().unwrap(), expected);
}

#[test]
fn a_route_gets_a_body_only_if_it_says_so_and_no_more_than_it_says() {
    let server = Running::start(LONG);
    let post = |path: &str| {
        let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        server.ask(&request).1
    };
    assert!(post("/echo").ends_with("\r\n\r\nhello"));
    let without = post("/no-body");
    assert!(
        without.starts_with("HTTP/1.1 200 ") && without.ends_with("\r\n\r\n"),
        "{without}"
    );
    assert!(post("/short").starts_with("HTTP/1.1 413 "));
}
