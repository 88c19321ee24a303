//! Connections are watched by edge: whose turn it is, and what one read may leave.

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

/// While output waits for room, both are watched by level.
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
