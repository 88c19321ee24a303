//! Going down: nothing accepted is lost, and no peer holds it up.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use ch05_reactor::Limits;

use crate::script::{A_WHILE, start};

const MUCH: usize = 16 << 20;

#[test]
fn an_idle_reactor_stops_at_once() {
    let server = start(Limits::default());
    server.waker.stop();
    server.expect_end();
}

#[test]
fn connections_are_told_of_the_stop_and_closed() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    other.send(b"stop\n");
    client.expect_end();
    other.expect_end();
    drop((client, other));
    let events = server.expect_end();
    for event in ["stop 0", "stop 1", "close 0 Finished", "close 1 Finished"] {
        assert!(
            events.iter().any(|it| it == event),
            "no {event:?}: {events:?}"
        );
    }
}

#[test]
fn a_handler_is_told_of_the_stop_once() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(format!("keep\ntimer3 0 50\nstop\nhold\nfill {MUCH}\n").as_bytes());
    server.expect("stop 0");
    // The rest of its input fills the output, which drains after the stop.
    server.expect(&format!("line 0 fill {MUCH}"));
    client.expect(&vec![b'x'; MUCH]);
    server.expect("drain 0");
    server.expect_nothing();
}

#[test]
fn nobody_can_connect_after_the_stop() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"keep\nstop\n");
    server.expect("stop 0");
    // The turn that told of the stop has closed the listener before.
    let refused = TcpStream::connect(server.address).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn nothing_is_received_after_the_stop() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"keep\nstop\n");
    server.expect("stop 0");
    client.send(b"say too late\n");
    server.expect_nothing();
    client.expect_silence(A_WHILE);
}

#[test]
fn a_stop_waits_for_output_that_a_slow_peer_still_reads() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(format!("fill {MUCH}\nsay accepted\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    server.waker.stop();
    server.expect("wake");
    server.expect_nothing();
    assert!(server.runs());
    // The second line was read before the stop, and left because the output was full.
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"accepted\n");
    client.expect_last(&expected);
    drop(client);
    let events = server.expect_end();
    let (line, stop) = ("line 0 say accepted".to_owned(), "stop 0".to_owned());
    let position = |event: &String| events.iter().position(|it| it == event);
    assert!(position(&line) < position(&stop), "{events:?}");
    assert!(position(&line).is_some(), "{events:?}");
}

#[test]
fn a_paused_connection_that_is_full_is_told_of_the_stop_once_it_has_drained() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    client.send(b"hold\n");
    server.expect("line 0 hold");
    other.send(format!("pour 0 {MUCH}\nstop\n").as_bytes());
    server.expect("stop 1");
    server.expect_nothing();
    client.expect_last(&vec![b'x'; MUCH]);
    drop((client, other));
    let events = server.expect_end();
    assert!(events.iter().any(|event| event == "stop 0"), "{events:?}");
}

#[test]
fn an_answer_owed_at_the_stop_can_still_be_given() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    client.send(b"keep\n");
    server.expect("line 0 keep");
    other.send(b"stop\nsend 0 owed\nclose 0\n");
    client.expect_last(b"owed\n");
}

#[test]
fn the_deadline_cuts_whoever_is_left() {
    let limits = Limits {
        stop: Duration::from_millis(200),
        linger: Duration::from_hours(1),
        ..Limits::default()
    };
    let server = start(limits);
    let mut never_reads = server.client();
    never_reads.send(format!("fill {MUCH}\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    let mut owed = server.client();
    owed.send(b"keep\n");
    server.expect("line 1 keep");
    let mut lingers = server.client();
    lingers.send(b"close 2\n");
    lingers.expect_end();
    let started = Instant::now();
    server.waker.stop();
    let events = server.expect_end();
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(200),
        "before the deadline: {took:?}"
    );
    for event in ["close 0 TimedOut", "close 1 TimedOut"] {
        assert!(
            events.iter().any(|it| it == event),
            "no {event:?}: {events:?}"
        );
    }
    owed.expect_reset();
}
