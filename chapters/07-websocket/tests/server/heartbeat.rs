//! Peers that say nothing.

use ch07_websocket::{CloseCode, Opcode};
use harness::Server;
use std::time::Duration;

use crate::socket::{connect, expect_close, expect_echo, fragment, masked, plain};
use crate::start;

/// Longer than the few seconds that these servers take for silence.
const PATIENT: Duration = Duration::from_secs(20);

fn patient(options: &[&str]) -> Server {
    start(options).with_deadline(PATIENT)
}

#[test]
fn a_silent_peer_is_asked_and_without_an_answer_it_is_cut_off() {
    let server = patient(&["--heartbeat", "1"]);
    let mut client = connect(&server);
    client.expect(&plain(Opcode::Ping, b""));
    expect_close(&mut client, CloseCode::INTERNAL_ERROR);
}

#[test]
fn a_peer_that_answers_may_be_silent() {
    let server = patient(&["--heartbeat", "2"]);
    let mut client = connect(&server);
    for _ in 0..2 {
        client.expect(&plain(Opcode::Ping, b""));
        client.send(&masked(Opcode::Pong, b""));
    }
    expect_echo(&mut client, "I was listening");
}

#[test]
fn half_a_frame_is_no_life() {
    let server = patient(&["--heartbeat", "1"]);
    let mut client = connect(&server);
    client.send(&fragment(Opcode::Text, b"and then")[..10]);
    client.expect(&plain(Opcode::Ping, b""));
    expect_close(&mut client, CloseCode::INTERNAL_ERROR);
}

#[test]
fn without_a_heartbeat_nobody_is_asked() {
    let server = start(&["--heartbeat", "0"]);
    let mut client = connect(&server);
    client.expect_silence(Duration::from_millis(1500));
    expect_echo(&mut client, "hello");
    server.expect_sleep(Duration::from_millis(500));
}
