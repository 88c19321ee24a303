//! Streams of messages, in any pieces and at any pace, without a heartbeat: its Ping would wake what
//! has come to a standstill.

use harness::Server;
use harness::stream::made_up::{cases, try_out};
use harness::stream::{Pace, converse};
use proptest::collection::vec;

use crate::said::{Last, Message, Said, said};
use crate::start;

fn quiet() -> Server {
    start(&["--heartbeat", "0"])
}

/// One client says a message of this length so many times, and stays.
#[track_caller]
fn expect_echo_of(server: &Server, times: usize, length: usize, pace: Pace) {
    let said = Said {
        messages: vec![(Message::of(length), times)],
        last: Last::Nothing,
        pace,
    };
    if let Err(failure) = converse(server, vec![said.stream()]) {
        panic!("{times} messages of {length} bytes: {failure}");
    }
}

#[test]
fn four_messages_of_600_kb_come_back_to_a_client_that_reads_all_the_time() {
    expect_echo_of(&quiet(), 4, 600_000, Pace::default());
}

#[test]
fn four_messages_of_2_mb_come_back_to_a_client_that_reads_all_the_time() {
    expect_echo_of(&quiet(), 4, 2_000_000, Pace::default());
}

/// How many messages of which length.
const TABLE: [(usize, usize); 7] = [
    (20_000, 16),
    (4000, 1024),
    (20, 65_535),
    (20, 65_536),
    (20, 65_537),
    (4, 600_000),
    (4, 2_000_000),
];

#[test]
fn messages_of_every_length_come_back_in_a_row() {
    let server = quiet();
    for (times, length) in TABLE {
        expect_echo_of(&server, times, length, Pace::default());
    }
}

#[test]
fn messages_in_random_pieces_come_back() {
    let server = quiet();
    for ((times, length), seed) in TABLE.into_iter().zip(1..) {
        let pace = Pace::in_pieces(times * length, 70_000, seed);
        expect_echo_of(&server, times, length, pace);
    }
}

#[test]
fn messages_come_back_through_a_narrow_window() {
    let server = quiet();
    for (times, length) in TABLE {
        expect_echo_of(&server, times, length, Pace::narrow());
    }
}

#[test]
fn whatever_is_said_comes_back_at_any_pace() {
    let server = quiet();
    try_out(file!(), cases(), &vec(said(), 1..3), |clients| {
        let streams = clients.into_iter().map(Said::stream).collect();
        converse(&server, streams).map(|_| ())
    });
}
