//! ureq: blocking, with a pool of connections.

use std::net::SocketAddr;

use harness::Server;
use ureq::http::Response;
use ureq::{Agent, Body};

use super::{Watched, in_time, site};
use crate::answers::{directory_with, long};
use crate::start;

/// An agent that waits for 100 as long as it takes, and takes every code for an answer.
fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_await_100(None);
    config.build().into()
}

fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}{path}")
}

fn content(mut response: Response<Body>) -> Vec<u8> {
    let body = response.body_mut().with_config().limit(1 << 30);
    body.read_to_vec().unwrap()
}

/// Uploads `bytes` to `/echo` with one more `field`; what comes back.
fn upload(server: &Server, bytes: Vec<u8>, field: (&'static str, &'static str)) -> Vec<u8> {
    let url = url(server.address(), "/echo");
    in_time(move || {
        let request = agent().post(url).header(field.0, field.1);
        content(request.send(&bytes).unwrap())
    })
}

#[test]
fn ureq_gets_all_files_over_one_connection() {
    let watched = Watched::start(&[]);
    let address = watched.server.address();
    in_time(move || {
        let agent = agent();
        for (name, bytes) in site() {
            let url = url(address, &format!("/{name}"));
            let response = agent.get(url).call().unwrap();
            assert_eq!(response.status(), 200, "{name}");
            assert!(content(response) == bytes, "{name}");
        }
    });
    assert_eq!(watched.connections(), 1);
}

#[test]
fn ureq_gets_a_large_file_and_a_part_of_it() {
    let bytes = long(30_000_000);
    let directory = directory_with("file", &bytes);
    let server = start(&["--root", directory.name()]);
    let url = url(server.address(), "/file");
    in_time(move || {
        let agent = agent();
        assert!(content(agent.get(&url).call().unwrap()) == bytes);
        let range = agent.get(&url).header("Range", "bytes=5000-20000000");
        let part = range.call().unwrap();
        assert_eq!(part.status(), 206);
        let said = "bytes 5000-20000000/30000000";
        assert_eq!(part.headers()["Content-Range"], said);
        assert!(content(part) == bytes[5000..=20_000_000]);
    });
}

#[test]
fn ureq_asks_for_heads_and_for_changes_only() {
    let server = start(&[]);
    let url = url(server.address(), "/codes.html");
    in_time(move || {
        let agent = agent();
        let whole = agent.get(&url).call().unwrap();
        let head = agent.head(&url).call().unwrap();
        assert_eq!(whole.headers(), head.headers());
        assert_eq!(content(head), b"");
        let tag = whole.headers()["ETag"].clone();
        let length = whole.headers()["Content-Length"].clone();
        assert_eq!(content(whole).len().to_string(), length.to_str().unwrap());
        let known = agent.get(&url).header("If-None-Match", tag).call().unwrap();
        assert_eq!(known.status(), 304);
        assert_eq!(content(known), b"");
        assert_eq!(agent.get(&url).call().unwrap().status(), 200);
    });
}

#[test]
fn ureq_uploads() {
    let server = start(&[]);
    let bytes = long(1_000_000);
    assert!(upload(&server, bytes.clone(), ("X-Plain", "yes")) == bytes);
}

#[test]
fn ureq_uploads_when_it_is_told_to_go_on() {
    let server = start(&[]);
    let bytes = long(1_000_000);
    assert!(upload(&server, bytes.clone(), ("Expect", "100-continue")) == bytes);
}

#[test]
fn ureq_uploads_in_chunks() {
    let server = start(&[]);
    let bytes = long(1_000_000);
    assert!(upload(&server, bytes.clone(), ("Transfer-Encoding", "chunked")) == bytes);
}
