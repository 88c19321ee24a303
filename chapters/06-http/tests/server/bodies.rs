//! Requests with bodies.

use harness::Server;

use crate::answers::{ask, ask_one, rest};
use crate::start;

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

#[test]
fn echo_answers_any_method_with_the_body() {
    let server = start(&[]);
    for method in ["POST", "GET", "PUT", "DELETE", "BREW"] {
        let answer = ask_one(
            &server,
            format!("{method} /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        );
        assert_eq!((answer.status, &*answer.text()), (200, "hello"), "{method}");
    }
}

#[test]
fn with_echo_every_path_answers_so() {
    let server = start(&["--echo"]);
    for path in ["/", "/form", "/nowhere"] {
        let answer = ask_one(
            &server,
            format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        );
        assert_eq!(answer.text(), "hello", "{path}");
    }
}

#[test]
fn a_form_is_shown_and_nothing_in_it_becomes_html() {
    let server = start(&[]);
    let body = "name=Professional+Ajax&publisher=%3Cb%3EWiley";
    let answer = ask_one(
        &server,
        format!(
            "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\r\n{body}",
            body.len()
        ),
    );
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(
        text.contains("<td>name</td><td>Professional Ajax</td>"),
        "{text}"
    );
    assert!(
        text.contains("<td>publisher</td><td>&lt;b&gt;Wiley</td>"),
        "{text}"
    );
}

#[test]
fn a_form_that_would_take_long_to_show_is_refused() {
    let server = start(&[]);
    for (length, status) in [(16 * 1024, 200), (16 * 1024 + 1, 413)] {
        let body = "a&".repeat(length)[..length].to_owned();
        let answer = ask_one(
            &server,
            format!(
                "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
            ),
        );
        assert_eq!(answer.status, status, "{length} bytes");
    }
}

#[test]
fn a_body_up_to_the_limit_is_taken() {
    let server = start(&["--max-body", "1000"]);
    let body = "x".repeat(1000);
    for request in [
        format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{body}"),
        format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{body}\r\n0\r\n\r\n"
        ),
    ] {
        assert_eq!(ask_one(&server, request).text(), body);
    }
}

#[test]
fn a_longer_body_is_refused() {
    let server = start(&["--max-body", "1000"]);
    let body = "x".repeat(1001);
    for request in [
        format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n{body}"),
        format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{body}\r\n0\r\n\r\n"
        ),
        format!("POST /style.css HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n{body}"),
    ] {
        let answer = ask_one(&server, request);
        assert_eq!(answer.status, 413);
        assert_eq!(answer.field("Connection"), Some("close"));
    }
}

#[test]
fn a_body_that_nobody_wants_is_read_all_the_same() {
    let server = start(&[]);
    let requests = "POST /style.css HTTP/1.1\r\nHost: a\r\nContent-Length: 18\r\n\r\n\
                    GET / HTTP/1.1\r\n\r\n\
                    GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    let codes: Vec<_> = ask(&server, requests)
        .iter()
        .map(|answer| answer.status)
        .collect();
    assert_eq!(codes, [405, 404]);
}

#[test]
fn who_expects_100_is_told_to_go_on() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    );
    client.expect(CONTINUE);
    client.send(b"hello");
    client.finish_sending();
    let answers = rest(&mut client);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].text(), "hello");
}

#[test]
fn who_expects_100_in_vain_needs_not_send_the_body() {
    let server = start(&["--max-body", "1000"]);
    for (target, length, status) in [("/style.css", 5, 405), ("/echo", 1001, 413)] {
        let mut client = server.client();
        client.send(
            format!(
                "POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\
                 Expect: 100-continue\r\n\r\n"
            )
            .as_bytes(),
        );
        let answers = rest(&mut client);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].status, status);
        assert_eq!(answers[0].field("Connection"), Some("close"));
    }
}

#[test]
fn http_1_0_is_told_nothing_before_its_answer() {
    let server = start(&[]);
    let request = "POST /echo HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello";
    assert_eq!(ask_one(&server, request).status, 200);
}

#[test]
fn a_body_that_no_route_takes_is_not_kept() {
    let server = start(&[]);
    let mut clients = server.clients(32);
    let before = resident(&server);
    for client in &mut clients {
        // A megabyte but for its last byte.
        client.send(b"POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
        client.send(&vec![b'x'; 1_048_575]);
    }
    for client in &mut clients {
        client.wait_until_read();
    }
    let kept = resident(&server).saturating_sub(before);
    assert!(kept < 8 * 1024, "{kept} KiB for 32 connections");
}

#[test]
fn a_body_longer_than_its_route_takes_is_refused_before_it_comes_and_while_it_does() {
    let server = start(&[]);
    let fields = "Content-Type: application/x-www-form-urlencoded\r\n";
    let announced =
        format!("POST /form HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: 16385\r\n\r\n");
    assert_eq!(ask_one(&server, announced).status, 413);
    let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000)).repeat(3);
    let chunked = format!(
        "POST /form HTTP/1.1\r\nHost: a\r\n{fields}Transfer-Encoding: chunked\r\n\r\n{chunk}"
    );
    assert_eq!(ask_one(&server, chunked).status, 413);
}

/// Kibibytes of memory that the server has.
fn resident(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid()));
    let status = status.expect("a process");
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
    value
        .and_then(|value| value.parse().ok())
        .expect("VmRSS (proc_pid_status(5))")
}
