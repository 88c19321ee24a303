//! Peers that don't read what they asked for.

use ch07_websocket::Opcode;

use crate::socket::{connect, expect_echo, masked, plain, shake_hands};
use crate::start;

const ONE: usize = 1000;

#[test]
fn a_peer_that_does_not_read_is_read_no_more_and_gets_all_when_it_does() {
    let server = start(&[]);
    let mut slow = shake_hands(server.slow_client());
    let frame = masked(Opcode::Binary, &[b'm'; ONE]);
    let sent = slow.flood(&frame.repeat(20_000));
    assert!(sent < 20_000 * frame.len(), "all of it was taken");
    expect_echo(&mut connect(&server), "unharmed");
    slow.expect(&plain(Opcode::Binary, &[b'm'; ONE]).repeat(sent / frame.len()));
}

#[test]
fn answers_to_pings_are_bounded_too() {
    let server = start(&[]);
    let mut slow = shake_hands(server.slow_client());
    let ping = masked(Opcode::Ping, &[b'p'; 125]);
    let sent = slow.flood(&ping.repeat(200_000));
    assert!(sent < 200_000 * ping.len(), "all of them were taken");
    expect_echo(&mut connect(&server), "unharmed");
}

#[test]
fn a_peer_that_never_reads_is_cut_when_its_heart_stops() {
    let server = start(&["--heartbeat", "1"]).with_deadline(std::time::Duration::from_secs(20));
    let mut slow = shake_hands(server.slow_client());
    let frame = masked(Opcode::Binary, &[b'm'; ONE]);
    slow.flood(&frame.repeat(20_000));
    crate::wait_until("its descriptor is gone", || {
        !server.report().contains("connection from")
    });
}
