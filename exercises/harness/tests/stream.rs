//! What is said of streams that don't come back as they should.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use harness::Server;
use harness::stream::{Bytes, End, Pace, Step, Stream, converse};

/// Serves one client after the other.
fn serving(each: impl Fn(TcpStream)) -> Server {
    Server::answer(|listener: TcpListener| {
        for client in listener.incoming() {
            each(client.unwrap());
        }
    })
}

/// Echoes until the end.
fn echo(mut client: TcpStream) {
    let mut bytes = [0; 1000];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let _ = client.write_all(&bytes[..count]);
    }
}

fn stream(sent: &[u8], expected: &[u8], end: End) -> Stream<Bytes> {
    Stream {
        sent: sent.to_vec(),
        expected: expected.to_vec().into(),
        end,
        pace: Pace::default(),
        to: None,
    }
}

/// What is said of a stream that fails.
#[track_caller]
fn said(server: &Server, stream: Stream<Bytes>) -> String {
    let failure = converse(server, vec![stream]).expect_err("it fails");
    failure.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_echo_passes_at_any_pace() {
    let server = serving(echo);
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let steps = vec![
        Step::Send(10),
        Step::UntilAnswered,
        Step::Read(3),
        Step::SendAtOnce(100_000),
        Step::UntilRead,
        Step::UntilAsleep,
        Step::Read(usize::MAX),
    ];
    let step_by_step = Pace {
        steps,
        ..Pace::default()
    };
    let pieces = Pace::in_pieces(bytes.len(), 9000, 7);
    for pace in [Pace::default(), step_by_step, pieces, Pace::narrow()] {
        for end in [End::Ours, End::Open] {
            let pace = pace.clone();
            let stream = Stream {
                pace,
                ..stream(&bytes, &bytes, end)
            };
            let outcome = converse(&server, vec![stream]).map(|_| ());
            assert_eq!(outcome, Ok(()));
        }
    }
}

#[test]
fn who_keeps_something_to_himself_is_found_asleep() {
    let server = serving(|mut client| {
        let mut bytes = [0; 6];
        client.read_exact(&mut bytes).unwrap();
        client.write_all(&bytes[..4]).unwrap();
        echo(client);
    });
    let said = said(&server, stream(b"hello\n", b"hello\n", End::Open));
    assert!(said.contains("everything stands still"), "{said}");
    let far = "4 of 6 bytes came back; 6 of 6 bytes were sent";
    assert!(said.contains(far), "{said}");
    assert!(said.contains("answer sleeps in"), "{said}");
}

#[test]
fn bytes_that_nobody_reads_are_counted() {
    let server = serving(|client| {
        let mut other = client.try_clone().unwrap();
        let _ = other.read_exact(&mut [0; 2]);
        std::thread::sleep(Duration::from_mins(1));
    });
    let said = said(&server, stream(b"hello\n", b"hello\n", End::Open));
    assert!(said.contains("the server's: Recv-Q 4, Send-Q 0"), "{said}");
}

#[test]
fn a_wrong_byte_is_told_with_its_place() {
    let server = serving(echo);
    let said = said(&server, stream(b"hello\n", b"help!\n", End::Ours));
    let what = "byte 3: expected \"p!\\n\" (3 bytes), received \"lo\\n\" (3 bytes)";
    assert!(said.contains(what), "{said}");
}

#[test]
fn more_than_is_expected_is_told() {
    let server = serving(echo);
    for end in [End::Ours, End::Open] {
        let said = said(&server, stream(b"hello\n", b"hello", end));
        let what = "byte 5: expected the end, received";
        assert!(said.contains(what), "{said}");
    }
}

#[test]
fn an_end_before_its_time_is_told() {
    let server = serving(|mut client| {
        let mut bytes = [0; 6];
        client.read_exact(&mut bytes).unwrap();
        client.write_all(&bytes).unwrap();
    });
    for (expected, end) in [
        (&b"hello\nhello\n"[..], End::Theirs),
        (b"hello\n", End::Open),
    ] {
        let mut stream = stream(b"hello\n", expected, end);
        stream.pace.steps = vec![Step::Send(6), Step::UntilAsleep];
        let said = said(&server, stream);
        assert!(said.contains("closed the connection too early"), "{said}");
    }
}

#[test]
fn an_end_that_does_not_come_is_missed() {
    let server = serving(echo);
    let said = said(&server, stream(b"hello\n", b"hello\n", End::Theirs));
    assert!(said.contains("6 of 6 bytes came back, no end"), "{said}");
}

#[test]
fn a_server_that_spins_when_all_is_done_is_found() {
    let server = serving(|mut client| {
        let mut bytes = [0; 6];
        client.read_exact(&mut bytes).unwrap();
        client.write_all(&bytes).unwrap();
        client.set_nonblocking(true).unwrap();
        while client.read(&mut bytes).is_err() {}
    });
    let server = server.with_deadline(Duration::from_millis(100));
    let said = said(&server, stream(b"hello\n", b"hello\n", End::Open));
    assert!(said.contains("the server still runs after 1 s"), "{said}");
}

#[test]
fn any_byte_fits_a_hole() {
    let server = serving(echo);
    let mut expected = Bytes::default();
    expected.push(b"at ", None);
    expected.push(b"??:??\n", Some(0..5));
    let stream = Stream {
        expected,
        ..stream(b"at 12:34\n", b"", End::Ours)
    };
    let outcome = converse(&server, vec![stream]).map(|_| ());
    assert_eq!(outcome, Ok(()));
}
