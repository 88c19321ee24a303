//! Limits on input and output, and who has to wait.

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin};

use crate::script::{start, start_handler};

fn small() -> Limits {
    Limits {
        input: 1000,
        high_water: 5000,
        low_water: 1000,
        ..Limits::default()
    }
}

/// More than the sockets on both sides of a connection take.
const MUCH: usize = 16 << 20;

#[test]
fn input_that_nobody_consumes_is_bounded() {
    let server = start(small());
    let mut client = server.client();
    client.send(b"hold\n");
    server.expect("line 0 hold");
    // Nothing is consumed. The kernel's buffers fill; ours stay small.
    let sent = client.flood(&vec![b'x'; 64 << 20]);
    assert!(sent < 64 << 20, "all 64 MiB were read");
    server.expect_nothing();
}

#[test]
fn a_message_longer_than_the_input_ends_its_connection_with_a_reason() {
    let server = start(small());
    let mut client = server.client();
    let mut other = server.client();
    client.send(&[b'x'; 999]);
    server.expect("data 0 999");
    server.expect_nothing();
    client.send(b"x");
    server.expect("close 0 InputFull");
    client.expect_reset();
    other.exchange(b"say fine\n", b"fine\n");
}

/// A handler may leave messages as long as it will be called again: a full output drains.
#[test]
fn input_at_its_limit_behind_a_full_output_is_no_fault() {
    let server = start(small());
    let mut client = server.client();
    let lines = "\n".repeat(2000);
    client.send(format!("fill {MUCH}\n{lines}say later\n").as_bytes());
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"later\n");
    client.expect(&expected);
}

#[test]
fn a_connection_that_keeps_reading_does_so_while_its_output_is_full() {
    let server = start(small());
    let mut client = server.client();
    client.send(format!("read-on\nfill {MUCH}\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    client.send(b"say behind it\n");
    server.expect("line 0 say behind it");
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"behind it\n");
    client.expect(&expected);
}

#[test]
fn a_peer_that_does_not_read_is_not_read_from() {
    let server = start(small());
    let mut client = server.client();
    client.send(format!("fill {MUCH}\nsay later\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    client.send(b"say even later\n");
    server.expect_nothing();
}

#[test]
fn input_left_while_full_is_offered_again_after_the_drain() {
    let server = start(small());
    let mut client = server.client();
    client.send(format!("fill {MUCH}\nsay later\n").as_bytes());
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"later\n");
    client.expect(&expected);
    server.expect("drain 0");
    let before = server.expect("line 0 say later");
    assert_eq!(before, ["data 0 10"], "drain, then data");
}

#[test]
fn what_is_sent_while_full_is_read_after_the_drain() {
    let server = start(small());
    let mut client = server.client();
    client.send(format!("fill {MUCH}\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    client.send(b"say later\n");
    server.expect_nothing();
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"later\n");
    client.expect(&expected);
}

#[test]
fn end_of_file_behind_a_full_output_waits_for_the_drain() {
    let server = start(small());
    let mut client = server.client();
    client.send(format!("fill {MUCH}\nsay later\nunfinished").as_bytes());
    client.finish_sending();
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"later\n");
    client.expect_last(&expected);
    server.expect("line 0 say later");
    server.expect("end 0 \"unfinished\"");
}

#[test]
fn a_held_input_is_offered_again_after_resume() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    client.send(b"hold\nsay held\n");
    server.expect("line 0 hold");
    server.expect_nothing();
    other.send(b"resume 0\nresume 0\n");
    let before = server.expect("line 0 say held");
    assert_eq!(
        before.iter().filter(|event| *event == "data 0 9").count(),
        1,
        "{before:?}"
    );
    client.expect(b"held\n");
}

#[test]
fn a_held_peer_is_read_from_again_after_resume() {
    let server = start(small());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    // The empty lines are not answered, so no output has its interest settled.
    let lines = "\n".repeat(2000);
    client.send(format!("hold\n{lines}say held\n").as_bytes());
    server.expect("line 0 hold");
    server.expect_nothing();
    other.send(b"resume 0\n");
    client.expect(b"held\n");
}

/// Many answers of this size, each made by this command: one of them is the first that doesn't fit.
fn the_rest_follows(command: &str, answer: usize) {
    let limits = Limits {
        high_water: u64::MAX, // never full, so it goes on reading
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    let answers = MUCH / answer;
    for _ in 0..answers {
        client.send(format!("{command} {answer}\n").as_bytes());
        server.expect(&format!("line 0 {command} {answer}"));
    }
    client.send(b"say end\n");
    let mut expected = vec![b'x'; answers * answer];
    expected.extend(b"end\n");
    client.expect(&expected);
}

#[test]
fn the_rest_of_an_answer_follows_when_there_is_room() {
    the_rest_follows("fill", 200_000);
}

#[test]
fn the_rest_of_a_short_answer_follows_when_there_is_room() {
    the_rest_follows("fill", 10_000);
}

#[test]
fn the_rest_of_shared_bytes_follows_when_there_is_room() {
    the_rest_follows("share", 200_000);
}

#[test]
fn an_answer_goes_behind_what_is_queued_already() {
    let limits = Limits {
        high_water: u64::MAX, // never full, so it goes on reading
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    client.send(format!("fill {MUCH}\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    client.send(b"say last\n");
    server.expect("line 0 say last");
    let mut expected = vec![b'x'; MUCH];
    expected.extend(b"last\n");
    client.expect(&expected);
}

#[test]
fn what_is_written_at_once_keeps_its_place() {
    let server = start(Limits::default());
    let mut client = server.client();
    let long = vec![b'x'; 20_000];
    let expected = [b"a\n", &long[..], b"b\n", &long[..], b"c\n"].concat();
    client.exchange(b"say a\nfill 20000\nsay b\nfill 20000\nsay c\n", &expected);
}

#[test]
fn shared_bytes_keep_their_place() {
    let server = start(Limits::default());
    let mut client = server.client();
    let (long, short) = (vec![b'x'; 20_000], vec![b'x'; 20]);
    let expected = [b"a\n", &long[..], b"b\n", &short[..], &long[..], b"c\n"].concat();
    client.exchange(
        b"say a\nshare 20000\nsay b\nshare 20\nshare 20000\nsay c\n",
        &expected,
    );
}

#[test]
fn resume_calls_back_without_input_too() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"resume 0\n");
    server.expect("data 0 0");
    server.expect_nothing();
}

#[test]
fn what_is_left_is_offered_before_more_is_read() {
    let server = start(Limits::default());
    let mut client = server.client();
    server.expect("open 0");
    // In one turn: input that is left, and the end behind it.
    let mut other = server.client();
    other.send(b"wait\n");
    server.expect("line 1 wait");
    client.send(b"yield\nsay left\nunfinished");
    client.finish_sending();
    server.release();
    server.expect("line 0 yield");
    assert_eq!(server.expect("line 0 say left"), ["data 0 19"]);
    server.expect("end 0 \"unfinished\"");
    client.expect_last(b"left\n");
}

#[test]
fn the_end_of_a_held_peer_comes_after_its_input_and_once() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    client.send(b"keep\nhold\nsay held\n");
    client.finish_sending();
    server.expect("line 0 hold");
    server.expect_nothing();
    other.send(b"resume 0\n");
    server.expect("line 0 say held");
    server.expect("end 0 \"\"");
    client.expect(b"held\n");
    other.send(b"resume 0\n");
    server.expect("data 0 0");
    server.expect_nothing();
}

#[test]
fn resume_of_a_full_connection_waits_for_the_drain() {
    let server = start(small());
    let mut client = server.client();
    let mut other = server.client();
    client.send(format!("fill {MUCH}\n").as_bytes());
    server.expect(&format!("line 0 fill {MUCH}"));
    other.exchange(b"resume 0\nsay resumed\n", b"resumed\n");
    server.expect("line 1 say resumed");
    server.expect_nothing();
    client.expect(&vec![b'x'; MUCH]);
    server.expect("drain 0");
    server.expect("data 0 0");
}

/// Sends `left` bytes to everyone, as much at a time as fits.
struct Streamer {
    peak: u64,
    report: std::sync::mpsc::Sender<String>,
}

impl Streamer {
    fn go_on(&mut self, io: &mut Io, id: ConnId, left: &mut usize) {
        while *left > 0 && !io.is_full(id) {
            let piece = vec![b'x'; (*left).min(700)];
            io.send(id, &piece);
            *left -= piece.len();
            self.peak = self.peak.max(io.pending_output(id));
        }
        if *left == 0 {
            let _ = self.report.send(format!("peak {}", self.peak));
            io.close(id);
        }
    }
}

impl Handler for Streamer {
    type Session = usize;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> usize {
        let mut left = MUCH;
        self.go_on(io, id, &mut left);
        left
    }

    fn on_data(&mut self, _: &mut Io, _: ConnId, _: &mut usize, _: &mut Buffer) {}

    fn on_drain(&mut self, io: &mut Io, id: ConnId, left: &mut usize) {
        self.go_on(io, id, left);
    }
}

#[test]
fn a_large_answer_is_made_no_faster_than_it_is_read() {
    let server = start_handler(small(), |report| Streamer { peak: 0, report });
    let mut client = server.client();
    assert_eq!(client.read_to_end().len(), MUCH);
    let peak = server.expect_any(|event| event.starts_with("peak"));
    let peak: usize = peak["peak ".len()..].parse().unwrap();
    assert!(
        (5000..5700).contains(&peak),
        "{peak} bytes were queued at most"
    );
}
