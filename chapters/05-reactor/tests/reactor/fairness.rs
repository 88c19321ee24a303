//! One busy connection leaves the others their turn.

use std::sync::mpsc::Sender;

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin};
use harness::experiment::until_unread_at;

use crate::script::{start, start_handler};

#[test]
fn one_turn_reads_a_connection_so_often_at_most() {
    let server = start(Limits {
        read: 1000,
        reads: 3,
        ..Limits::default()
    });
    let mut gate = server.client();
    let mut busy = server.client();
    let mut other = server.client();
    server.expect("open 2");
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    // Both are ready when the next turn begins; the first has ten reads' worth of input.
    let line = format!("say {}\n", "x".repeat(995));
    busy.send(line.repeat(10).as_bytes());
    until_unread_at(server.address, busy.address(), 10_000);
    other.send(b"say me too\n");
    until_unread_at(server.address, other.address(), 11);
    server.release();
    let before = server.expect("data 2 11");
    let reads = before
        .iter()
        .filter(|event| event.starts_with("data 1"))
        .count();
    assert_eq!(reads, 3, "{before:?}");
}

#[test]
fn one_turn_accepts_a_bounded_number() {
    let server = start(Limits::default());
    let mut gate = server.client();
    let mut other = server.client();
    server.expect("open 1");
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    let crowd: Vec<_> = (0..300).map(|_| server.client()).collect();
    other.send(b"say me too\n");
    server.release();
    let before = server.expect("line 1 say me too");
    let opened = before
        .iter()
        .filter(|event| event.starts_with("open"))
        .count();
    assert!(
        (1..=64).contains(&opened),
        "{opened} before the other's turn"
    );
    drop(crowd);
}

/// Answers each byte with 1,000,000; reports how much was pending one turn later.
struct Flood(Sender<String>);

impl Handler for Flood {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        if !input.is_empty() {
            input.clear();
            io.send(id, &vec![b'x'; 1_000_000]);
        }
        let _ = self.0.send(format!("pending {}", io.pending_output(id)));
        // Once more in the next turn.
        if io.pending_output(id) > 0 {
            io.resume(id);
        }
    }
}

#[test]
fn one_turn_writes_to_a_connection_up_to_the_limit() {
    let limits = Limits {
        write: 10_000,
        high_water: u64::MAX,
        ..Limits::default()
    };
    let server = start_handler(limits, Flood);
    let mut client = server.client();
    client.exchange(b"1", &vec![b'x'; 1_000_000]);
    server.expect("pending 1000000");
    server.expect("pending 990000");
    server.expect("pending 980000");
}

/// Answers each byte with ten long pieces, and reports how much was pending then.
struct Pieces(Sender<String>);

impl Handler for Pieces {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        input.clear();
        for _ in 0..10 {
            io.send(id, &vec![b'x'; 20_000]);
        }
        let _ = self.0.send(io.pending_output(id).to_string());
    }
}

#[test]
fn one_callback_writes_long_answers_up_to_the_limit() {
    let limits = Limits {
        write: 40_000,
        high_water: u64::MAX,
        ..Limits::default()
    };
    let server = start_handler(limits, Pieces);
    let mut client = server.client();
    client.exchange(b"1", &vec![b'x'; 200_000]);
    server.expect_any(|pending| pending.parse::<u64>().unwrap() >= 160_000);
}
