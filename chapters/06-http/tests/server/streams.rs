//! Streams of requests, in any pieces and at any pace: each is answered, and in its turn.

use harness::Server;
use harness::stream::made_up::{cases, try_out};
use harness::stream::{Pace, converse};
use proptest::collection::vec;

use crate::requests::{Answers, Ask, Asked, Ending, asked, directory};
use crate::start;

/// One client asks for the page of 1 KB so many times, and stays.
#[track_caller]
fn expect_answers(server: &Server, times: usize, pace: Pace) {
    let asked = Asked {
        asks: vec![(Ask::Get(1000), times)],
        end: Ending::Open,
        pace,
    };
    let stream = Answers::of(server).stream(asked);
    if let Err(failure) = converse(server, vec![stream]) {
        panic!("{times} requests: {failure}");
    }
}

/// Bytes of a request for the page of 1 KB.
const REQUEST: usize = 31;

#[test]
fn four_thousand_requests_at_once_are_answered() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    expect_answers(&server, 4000, Pace::default());
}

#[test]
fn twenty_thousand_requests_in_pieces_of_up_to_70_kb_are_answered() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    let pace = Pace::in_pieces(20_000 * REQUEST, 70_000, 5);
    expect_answers(&server, 20_000, pace);
}

const TABLE: [usize; 6] = [100, 1000, 1771, 4000, 9000, 20_000];

#[test]
fn pipelines_of_every_length_are_answered() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    for times in TABLE {
        expect_answers(&server, times, Pace::default());
    }
}

#[test]
fn pipelines_in_random_pieces_are_answered() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    for (times, seed) in TABLE.into_iter().zip(1..) {
        let pace = Pace::in_pieces(times * REQUEST, 12_000, seed);
        expect_answers(&server, times, pace);
    }
}

#[test]
fn pipelines_are_answered_through_a_narrow_window() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    for times in TABLE {
        expect_answers(&server, times, Pace::narrow());
    }
}

#[test]
fn whatever_is_asked_is_answered_at_any_pace() {
    let directory = directory();
    let server = start(&["--root", directory.name()]);
    let answers = Answers::of(&server);
    try_out(file!(), cases(), &vec(asked(), 1..3), |clients| {
        let streams = clients.into_iter().map(|asked| answers.stream(asked));
        converse(&server, streams.collect()).map(|_| ())
    });
}
