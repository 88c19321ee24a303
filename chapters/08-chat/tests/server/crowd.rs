//! Many members. More of them, and what they cost, is in `examples/crowd`.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Instant;

use harness::Client;

use crate::{DEADLINE, start};

/// So many need as many descriptors here, and as many more in the server.
const MEMBERS: usize = 500;

#[test]
fn what_three_say_at_once_reaches_five_hundred_in_one_order() {
    let server = start(&[]);
    let mut crowd = server.clients(MEMBERS);
    server.while_stopped(|| {
        for (number, client) in crowd.iter_mut().take(3).enumerate() {
            client.send(format!("line of {number}\n").as_bytes());
        }
    });
    let mut first = None;
    for client in &crowd {
        let said = said(client, 3);
        let first = first.get_or_insert_with(|| said.clone());
        assert_eq!(&said, first);
    }
}

/// The first `count` lines that were said.
fn said(client: &Client, count: usize) -> Vec<String> {
    let deadline = Instant::now() + DEADLINE;
    let (mut text, mut bytes) = (Vec::new(), [0; 4096]);
    let mut stream: &TcpStream = client.stream();
    loop {
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        let said = lines.filter(|line| line.starts_with(b"<") && line.ends_with(b"\n"));
        let said: Vec<_> = said
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        if said.len() >= count {
            return said;
        }
        assert!(Instant::now() < deadline, "{} lines of {count}", said.len());
        match stream.read(&mut bytes) {
            Ok(0) => panic!("the end, after {} lines of {count}", said.len()),
            Ok(length) => text.extend_from_slice(&bytes[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => panic!("more lines: {error}"),
        }
    }
}

#[test]
fn of_a_crowd_that_comes_and_goes_the_first_are_named_and_the_others_counted() {
    let server = start(&[]);
    let watcher = server.client();
    let mut stream: &TcpStream = watcher.stream();
    let mut text = Vec::new();
    let mut read_until = |enough: &dyn Fn(&str) -> bool| {
        let mut bytes = [0; 4096];
        let deadline = Instant::now() + DEADLINE;
        loop {
            let so_far = String::from_utf8_lossy(&text).into_owned();
            if so_far.ends_with('\n') && enough(&so_far) {
                return so_far;
            }
            assert!(Instant::now() < deadline, "{so_far}");
            let length = stream.read(&mut bytes).expect("more before the deadline");
            assert!(length > 0, "the end: {so_far}");
            text.extend_from_slice(&bytes[..length]);
        }
    };
    read_until(&|text| text.contains("welcome"));
    let crowd = server.while_stopped(|| server.clients(400));
    let joined = |text: &str| -> usize {
        let lines = text.lines().filter_map(|line| line.strip_suffix(" joined"));
        lines.map(|line| line[2..].parse().unwrap_or(1)).sum()
    };
    let told = read_until(&|text| joined(text) == 400);
    let named = told
        .lines()
        .filter(|line| line.ends_with(" joined"))
        .count();
    assert!((9..400).contains(&named), "{told}");
    server.while_stopped(|| drop(crowd));
    let left = |text: &str| -> usize {
        let lines = text.lines().filter_map(|line| line.split_once(" left"));
        lines.map(|(line, _)| line[2..].parse().unwrap_or(1)).sum()
    };
    read_until(&|text| left(text) == 400);
    // And the next one is named again.
    let _one = server.client();
    read_until(&|text| joined(text) == 401);
}
