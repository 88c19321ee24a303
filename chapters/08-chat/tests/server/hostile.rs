//! Peers that nobody invited.

use std::io::{ErrorKind, Write};

use harness::Client;
use serde_json::json;
use tungstenite::Message;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::member::{Member, two};
use crate::page::{self, Page};
use crate::{start, wait_until};

#[test]
fn five_hundred_handshakes_that_never_end_disturb_nobody() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    let address = page::address(&server);
    let half = b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websoc";
    let open = |_| {
        let mut client = Client::connect(address);
        client.send(half);
        client
    };
    let half_open: Vec<_> = (0..500).map(open).collect();
    alice.say("hello");
    bob.hear("<alice> hello");
    let page = Page::open(&server);
    assert_eq!(
        page.welcome["here"], 3,
        "who hasn't shaken hands is no member"
    );
    drop(half_open);
}

#[test]
fn what_a_web_page_has_a_browser_post_to_the_line_port_is_not_said() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    let long = format!("POST /{} HTTP/1.1", "x".repeat(2000));
    for first in ["POST / HTTP/1.1", &long] {
        let mut browser = Member::guest(&server);
        browser.say(&format!("{first}\r\nHost: localhost\r\n\r\n/me obeys"));
        alice.hear("- guest-1 joined");
        alice.hear("- guest-1 left");
        browser.hear_until(
            "! this port is for lines, and that was HTTP: the page is at the other port",
        );
        browser.client.expect_end();
    }
    alice.say("GET / HTTP/1.1"); // somebody may talk about it
    alice.hear("<alice> GET / HTTP/1.1");
}

/// As reported to redis#3500 and #10999, celery#9282 and spotahome/redis-operator#96: a guard of this kind
/// hits innocent clients.
#[test]
fn what_only_looks_like_http_is_said() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    for first in [
        "do you speak HTTP/1.1",
        "Host: who is that?",
        "the protocol is HTTP/1.1",
        "HTTP/1.1",
        "what is GET / HTTP/1.1",
        "Get / HTTP/1.1",
    ] {
        let mut member = Member::guest(&server);
        alice.hear("- guest-1 joined");
        member.say(first);
        alice.hear(&format!("<guest-1> {first}"));
        member.client.finish_sending();
        alice.hear("- guest-1 left");
    }
    // Empty lines are no first line.
    let mut browser = Member::guest(&server);
    browser.say("\r\n\r\nPOST / HTTP/1.1\r\n\r\nit obeys");
    browser
        .hear_until("! this port is for lines, and that was HTTP: the page is at the other port");
    browser.client.expect_end();
}

#[test]
fn a_flood_of_names_leaves_one() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    for number in 0..19 {
        bob.say(&format!("/nick squat{number}"));
    }
    alice.hear_until("- squat17 is now squat18");
    for number in 0..10 {
        alice.say(&format!("/nick squat{number}"));
    }
    alice.hear_until("- squat8 is now squat9");
    alice.say("/who");
    alice.hear("- here: squat18, squat9");
}

#[test]
fn who_sends_and_never_reads_is_bounded() {
    let server = start(&[]);
    let mut reader = Member::new(&server, "reader");
    let mut hostile = server.slow_client();
    // Lines, of which each is answered; the pace holds them back long before output does.
    let taken = hostile.flood(&b"/help\n".repeat(1_000_000));
    assert!(taken < 6_000_000, "all of it was taken");
    reader.hear("- guest-1 joined");
    reader.say("hello");
    reader.hear("<reader> hello");
}

#[test]
fn a_page_that_sends_pings_and_never_reads_is_too_slow_for_the_room() {
    let server = start(&[]);
    let page = Page::open(&server);
    let mut stream = &page.socket.get_ref().0;
    stream.set_nonblocking(true).expect("a socket");
    // Ping frames of 125 bytes, masked with zeros. Each is answered, until the output is full.
    let ping = [&[0x89, 0xfd, 0, 0, 0, 0][..], &[b'p'; 125]].concat();
    let pings = ping.repeat(1000);
    let (mut from, mut taken) = (0, 1);
    while taken > 0 {
        taken = 0;
        loop {
            match stream.write(&pings[from..]) {
                Ok(count) => {
                    from = (from + count) % pings.len();
                    taken += count;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("it is taken or not: {error}"),
            }
        }
        server.wait_until_asleep();
    }
    let mut reader = Member::guest(&server);
    reader.hear("- guest-1 left (too slow)");
}

#[test]
fn messages_that_are_too_long_or_never_end_are_refused_with_a_close() {
    let server = start(&[]);
    let mut page = Page::open(&server);
    page.send(&json!({ "say": "x".repeat(20_000) }).to_string());
    assert_eq!(page.close().0, 1009);
    let mut page = Page::open(&server);
    let fragment =
        |kind| Message::Frame(Frame::message(vec![b'x'; 1000], OpCode::Data(kind), false));
    page.socket.send(fragment(Data::Text)).expect("it is taken");
    for _ in 0..16 {
        page.socket
            .send(fragment(Data::Continue))
            .expect("it is taken");
    }
    assert_eq!(page.close().0, 1009);
}

#[test]
fn clients_that_are_killed_leave_no_member_and_no_descriptor() {
    let server = start(&[]);
    let (mut alice, bob) = two(&server);
    drop(bob);
    alice.line();
    server.wait_until_asleep();
    let before = server.descriptors();
    for _ in 0..100 {
        // As the kernel does for a process that was killed: closed, with input unread or not.
        let mut member = Member::guest(&server);
        member.say("/who");
        drop(member);
        drop(server.client());
    }
    wait_until("their descriptors are gone", || {
        server.descriptors() == before
    });
    alice.say("/who");
    loop {
        match alice.line().as_str() {
            "- here: alice" => break,
            // The last of them may have been accepted only now.
            line if line.starts_with("- here: ") => alice.say("/who"),
            _ => {}
        }
    }
}

#[test]
fn a_line_is_as_long_as_what_is_shown_of_it() {
    let server = start(&[]);
    let (mut alice, mut bob) = crate::member::two(&server);
    alice.client.send(&[b"x", &[1; 334][..], b"\n"].concat());
    alice.hear("! a line has 1000 bytes at most; nobody got that one");
    alice.client.send(&[b"x", &[1; 333][..], b"\n"].concat());
    bob.hear(&format!("<alice> x{}", "\u{2401}".repeat(333)));
}

#[test]
fn many_speakers_from_one_address_leave_others_time_to_read() {
    let server = start(&[]);
    let mut speakers = server.clients(50);
    let line = format!("{}\n", "x".repeat(999));
    for speaker in &mut speakers {
        speaker.flood(line.repeat(20).as_bytes());
    }
    let told = |speaker: &harness::Client| {
        let mut text = String::new();
        let mut reader = std::io::BufReader::new(speaker.stream());
        while !text.contains("! as much is said here as others can read") {
            text.clear();
            let length = std::io::BufRead::read_line(&mut reader, &mut text);
            assert!(length.expect("a line before the deadline") > 0, "the end");
        }
    };
    speakers.iter().skip(40).for_each(told);
}
