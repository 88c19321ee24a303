//! Connections are edge-triggered: whose turn it is, and what one read may leave.

use ch05_reactor::Limits;
use harness::Client;
use harness::experiment::{until_state, until_unread_at};
use socket2::SockRef;

use crate::script::{Running, start};

/// A server whose only thread waits for [`Running::release`], a client that it has just served, and
/// another one.
fn waiting(limits: Limits) -> (Running, Client, Client) {
    let server = start(limits);
    let mut gate = server.client();
    let other = server.client();
    server.expect("open 1");
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    (server, gate, other)
}

#[test]
fn turns_come_in_the_order_of_the_input() {
    let (server, mut gate, mut other) = waiting(Limits::default());
    other.send(b"say first\n");
    until_unread_at(server.address, other.address(), 10);
    gate.send(b"say second\n");
    until_unread_at(server.address, gate.address(), 11);
    server.release();
    let before = server.expect("line 0 say second");
    assert!(
        before.contains(&"line 1 say first".to_owned()),
        "{before:?}"
    );
}

#[test]
fn an_end_behind_the_input_is_noticed() {
    let (server, _gate, mut client) = waiting(Limits::default());
    client.send(b"say last words\n");
    client.finish_sending();
    until_state(server.address, client.address(), "CLOSE_WAIT");
    server.release();
    server.expect("line 1 say last words");
    server.expect("end 1 \"\"");
}

/// While output waits for room, both are level-triggered.
#[test]
fn an_end_is_noticed_once_while_output_waits() {
    let limits = Limits {
        high_water: u64::MAX, // so that input is read nevertheless
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    client.send(b"keep\nfill 16777216\n");
    server.expect("line 0 fill 16777216");
    server.expect_nothing(); // the socket is full
    client.finish_sending();
    server.expect("end 0 \"\"");
    server.expect_nothing();
}

/// A read stops before an urgent byte, though there is more behind it (tcp(7)).
#[test]
fn input_behind_an_urgent_byte_is_read() {
    let (server, _gate, mut client) = waiting(Limits::default());
    client.send(b"say before\n");
    let urgent = SockRef::from(client.stream()).send_out_of_band(b"!");
    assert_eq!(urgent.unwrap(), 1);
    client.send(b"say behind\n");
    until_unread_at(server.address, client.address(), 23);
    server.release();
    server.expect("line 1 say before");
    server.expect("line 1 say behind");
    server.expect_nothing();
}

/// A full read makes so long an answer that nothing more is read; then the flush sends all of it.
/// Nothing has changed for epoll, and what is left was reported long ago.
#[test]
fn input_left_by_an_output_that_fills_and_drains_in_one_turn_is_read() {
    let limits = Limits {
        read: 64,
        high_water: 5000,
        low_water: 1000,
        ..Limits::default()
    };
    let (server, _gate, mut client) = waiting(limits);
    let padding = "\n".repeat(64);
    client.send(format!("fill 5000\n{padding}say later\n").as_bytes());
    until_unread_at(server.address, client.address(), 10 + 64 + 10);
    server.release();
    server.expect("line 1 say later");
    server.expect_nothing();
}

/// As before, but it is another connection that has filled the output before the report is looked at.
#[test]
fn input_reported_while_the_output_is_full_is_read() {
    let limits = Limits {
        high_water: 1000,
        low_water: 500,
        ..Limits::default()
    };
    let server = start(limits);
    let (mut gate, mut other) = (server.client(), server.client());
    let mut client = server.client();
    server.expect("open 2");
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    let text = "x".repeat(1000);
    let command = format!("send 2 {text}\n");
    other.send(command.as_bytes());
    until_unread_at(server.address, other.address(), command.len());
    client.send(b"say later\n");
    until_unread_at(server.address, client.address(), 10);
    server.release();
    server.expect("line 2 say later");
    client.expect(format!("{text}\nlater\n").as_bytes());
    server.expect_nothing();
}

/// A full read fills the input to its limit; in the same turn, its handler is told to take it.
#[test]
fn input_left_by_a_limit_that_is_released_in_the_same_turn_is_read() {
    let limits = Limits {
        read: 64,
        input: 64,
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    let (mut gate, mut other) = (server.client(), server.client());
    server.expect("open 2");
    client.send(b"hold\n");
    server.expect("line 0 hold");
    gate.send(b"wait\n");
    server.expect("line 1 wait");
    let padding = "\n".repeat(64);
    client.send(format!("{padding}say later\n").as_bytes());
    until_unread_at(server.address, client.address(), 64 + 10);
    other.send(b"resume 0\n");
    until_unread_at(server.address, other.address(), 9);
    server.release();
    server.expect("line 0 say later");
    server.expect_nothing();
}

#[test]
fn input_of_several_reads_is_read() {
    let limits = Limits {
        read: 11, // as long as each line
        reads: 2,
        ..Limits::default()
    };
    let (server, _gate, mut client) = waiting(limits);
    client.send(b"say line 1\nsay line 2\nsay line 3\n");
    until_unread_at(server.address, client.address(), 33);
    server.release();
    server.expect("line 1 say line 3");
    server.expect_nothing();
}
