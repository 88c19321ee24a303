//! Ids and events that outlive their connection.

use ch05_reactor::Limits;

use crate::script::{A_WHILE, start};

#[test]
fn a_stale_id_reaches_nobody() {
    let server = start(Limits::default());
    let mut commander = server.client();
    server.expect("open 0");
    let old = server.client();
    server.expect("open 1");
    drop(old);
    server.expect("close 1 Finished");
    let mut new = server.client(); // takes over the slot of number 1
    server.expect("open 2");
    commander.exchange(
        b"send 1 for the dead\nabort 1\ntimer 1 1\nclose 1\nsay done\n",
        b"done\n",
    );
    new.expect_silence(A_WHILE);
    new.exchange(b"say alive\n", b"alive\n");
}

#[test]
fn an_event_of_a_connection_cut_in_the_same_turn_is_dropped() {
    let server = start(Limits::default());
    let mut first = server.client();
    let mut second = server.client();
    let mut gate = server.client();
    server.expect("open 2");
    gate.send(b"wait\n");
    server.expect("line 2 wait");
    // Both become ready while the loop is in a callback, so the next turn finds both, in order.
    first.send(b"abort 1\n");
    second.send(b"say too late\n");
    server.release();
    let before = server.expect("close 1 Aborted");
    assert!(
        !before.iter().any(|event| event.starts_with("data 1")),
        "{before:?}"
    );
    second.expect_reset();
}

#[test]
fn a_descriptor_stays_open_until_the_turn_ends() {
    let server = start(Limits::default());
    let mut commander = server.client();
    let _other = server.client();
    server.expect("open 1");
    commander.send(b"descriptor\nabort 1\ndescriptor\n");
    server.expect("close 1 Aborted");
    commander.send(b"descriptor\nclose 0\n");
    let numbers = String::from_utf8(commander.read_to_end()).unwrap();
    let numbers: Vec<i32> = numbers.lines().map(|line| line.parse().unwrap()).collect();
    // Other tests open descriptors in this process too, so only "no lower" can be relied on.
    assert!(
        numbers[1] >= numbers[0],
        "the cut connection's number was free at once: {numbers:?}"
    );
}

#[test]
fn output_for_a_connection_that_is_being_closed_is_dropped() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"say one\nclose 0\n");
    client.expect_last(b"one\n");
    let mut other = server.client();
    let mut closing = server.client();
    closing.send(b"say last\nclose 2\nsend 2 too late\n");
    closing.expect_last(b"last\n");
    other.exchange(b"say fine\n", b"fine\n");
}
