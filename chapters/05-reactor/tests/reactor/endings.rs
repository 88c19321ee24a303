//! How connections end: half-close, reset, linger, and peers that don't let go.

use std::io::Read;
use std::time::{Duration, Instant};

use ch05_reactor::Limits;

use crate::script::{A_WHILE, start};

#[test]
fn a_peer_that_finished_sending_still_gets_its_answer() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    server.expect("open 1");
    client.send(b"keep\nhalf");
    client.finish_sending();
    server.expect("end 0 \"half\"");
    other.exchange(b"send 0 late answer\nclose 0\nsay sent\n", b"sent\n");
    client.expect_last(b"late answer\n");
    server.expect("close 0 Finished");
}

#[test]
fn a_peer_that_finished_sending_is_told_once() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"keep\n");
    client.finish_sending();
    server.expect("end 0 \"\"");
    server.expect_nothing();
}

#[test]
fn a_side_that_has_finished_sending_still_hears_the_other() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"fill 200000\nfinish\nsay too late\n");
    server.expect("line 0 say too late");
    assert_eq!(client.read_to_end().len(), 200_000);
    client.send(b"say unheard\n");
    server.expect("line 0 say unheard");
    client.finish_sending();
    server.expect("end 0 \"\"");
    server.expect("close 0 Finished");
}

#[test]
fn after_a_close_no_callback_comes_but_the_last() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer 0 0\nclose 0\n");
    server.expect("line 0 close 0");
    client.send(b"say unheard\n");
    client.finish_sending();
    let before = server.expect("close 0 Finished");
    assert_eq!(before, Vec::<String>::new());
}

#[test]
fn input_is_read_before_the_reset_behind_it() {
    let server = start(Limits::default());
    let mut gate = server.client();
    let mut client = server.client();
    server.expect("open 1");
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    client.send(b"say last words\n");
    client.reset();
    server.release();
    server.expect("line 1 say last words");
    server.expect_any(|event| event.starts_with("close 1 Failed"));
}

#[test]
fn a_reset_is_noticed_while_nothing_is_read() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"fill 10000000\n");
    server.expect("line 0 fill 10000000");
    client.reset();
    server.expect("close 0 Failed(ConnectionReset)");
}

/// The error is told once; what is read after it looks like an end of file.
#[test]
fn a_reset_is_not_taken_for_an_end() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.exchange(b"say hello\n", b"hello\n");
    client.reset();
    let before = server.expect("close 0 Failed(ConnectionReset)");
    assert!(!before.contains(&"end 0 \"\"".to_owned()), "{before:?}");
}

#[test]
fn a_reset_is_noticed_after_the_peers_end() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"keep\n");
    client.finish_sending();
    server.expect("end 0 \"\"");
    client.reset();
    server.expect("close 0 Failed(ConnectionReset)");
}

#[test]
fn unread_input_does_not_destroy_the_answer() {
    let server = start(Limits::default());
    let mut gate = server.client();
    let mut client = server.client();
    server.expect("open 1");
    client.send(b"fill 1000000\n");
    server.expect("line 1 fill 1000000");
    gate.send(b"wait\nclose 1\n");
    server.expect("line 0 wait");
    // At the close, most of the answer is still in the server's kernel, and much input unread.
    client.flood(&vec![b'\n'; 4 << 20]);
    server.release();
    server.expect("line 0 close 1");
    assert_eq!(client.read_to_end().len(), 1_000_000);
}

#[test]
fn an_answer_survives_the_end_of_both_directions() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    let mut gate = server.client();
    client.send(b"fill 1000000\n");
    server.expect("line 0 fill 1000000");
    other.exchange(b"close 0\nsay closed\n", b"closed\n");
    gate.send(b"wait\n");
    server.expect("line 2 wait");
    // The next turn finds more input than one read takes, and the peer's end behind it.
    client.flood(&vec![b'x'; 100_000]);
    client.finish_sending();
    server.release();
    // All is received, and thrown away; most of the answer is still in the server's kernel.
    server.expect("close 0 Finished");
    assert_eq!(client.read_to_end().len(), 1_000_000);
}

#[test]
fn lingering_ends_when_time_is_up() {
    let limits = Limits {
        linger: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    client.send(b"say bye\nclose 0\n");
    client.expect_last(b"bye\n");
    server.expect("close 0 Finished"); // though the peer holds on
}

#[test]
fn lingering_ends_when_too_much_comes() {
    let limits = Limits {
        linger: Duration::from_hours(1),
        linger_bytes: 100_000,
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    client.send(b"close 0\n");
    client.expect_end();
    client.flood(&vec![b'x'; 4 << 20]);
    server.expect("close 0 Finished");
}

#[test]
fn lingering_does_not_hold_up_a_peer_that_closes_too() {
    let limits = Limits {
        linger: Duration::from_hours(1),
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = server.client();
    client.send(b"close 0\n");
    client.expect_end();
    drop(client);
    server.expect("close 0 Finished");
}

#[test]
fn closing_waits_until_all_output_is_read() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    client.send(b"fill 8000000\n");
    server.expect("line 0 fill 8000000");
    other.exchange(b"send 0 end\nclose 0\nsay closed\n", b"closed\n");
    let received = client.read_to_end();
    assert_eq!(received.len(), 8_000_004);
    assert!(received.ends_with(b"xxend\n"));
}

#[test]
fn a_closed_connection_whose_peer_reads_nothing_is_given_up() {
    let limits = Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = start(limits);
    let _client = {
        let mut client = server.client();
        let mut other = server.client();
        client.send(b"fill 10000000\n");
        server.expect("line 0 fill 10000000");
        other.send(b"close 0\n");
        client
    };
    server.expect("close 0 TimedOut");
}

#[test]
fn a_slow_reader_is_not_given_up_while_it_reads() {
    let limits = Limits {
        stall: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = start(limits);
    // With the kernel's own buffers, so that its news of progress isn't too coarse.
    let mut client = harness::Client::connect(server.address);
    let mut other = server.client();
    client.send(b"fill 24000000\n");
    server.expect("line 0 fill 24000000");
    other.send(b"close 0\n");
    let started = Instant::now();
    let mut received = 0;
    let mut piece = vec![0; 1 << 20];
    loop {
        let count = client.stream().read(&mut piece).expect("it isn't cut");
        if count == 0 {
            break;
        }
        received += count;
        std::thread::sleep(Duration::from_millis(40));
    }
    assert_eq!(received, 24_000_000);
    assert!(
        started.elapsed() > Duration::from_millis(300),
        "too quick to show anything"
    );
    server.expect("close 0 Finished");
}

#[test]
fn a_very_slow_reader_is_not_given_up_either() {
    let limits = Limits {
        stall: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = start(limits);
    let mut client = harness::Client::connect(server.address);
    let mut other = server.client();
    client.send(b"fill 24000000\n");
    server.expect("line 0 fill 24000000");
    other.send(b"close 0\n");
    // So little that the kernel wouldn't tell of room: less than a third of its buffer.
    let mut received = 0;
    let mut piece = vec![0; 16 * 1024];
    for _ in 0..30 {
        received += client.stream().read(&mut piece).expect("it isn't cut");
        std::thread::sleep(Duration::from_millis(100));
    }
    received += client.read_to_end().len();
    assert_eq!(received, 24_000_000);
    server.expect("close 0 Finished");
}

#[test]
fn an_open_connection_whose_peer_reads_nothing_is_given_up_too() {
    let server = start(Limits {
        stall: Duration::from_millis(50),
        ..Limits::default()
    });
    let mut client = server.client();
    client.send(b"fill 10000000\n");
    server.expect("close 0 TimedOut");
}

#[test]
fn a_peer_that_reads_now_and_then_is_not_given_up_between() {
    let server = start(Limits {
        stall: Duration::from_millis(600),
        ..Limits::default()
    });
    let mut client = server.client();
    client.send(b"fill 24000000\n");
    server.expect("line 0 fill 24000000");
    let mut piece = vec![0; 4 << 20];
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(400));
        client
            .stream()
            .read_exact(&mut piece)
            .expect("it isn't cut");
    }
    client.expect(&vec![b'x'; 24_000_000 - 4 * piece.len()]);
}

#[test]
fn a_peer_that_reads_too_slowly_for_the_deadline_of_a_close_is_cut() {
    let server = start(Limits::default());
    let mut client = server.client();
    let mut other = server.client();
    client.send(b"fill 24000000\n");
    server.expect("line 0 fill 24000000");
    other.send(b"within 0 200\n");
    let mut piece = vec![0; 16 * 1024];
    // It reads all the time, a little.
    while let Ok(1..) = client.stream().read(&mut piece) {
        std::thread::sleep(Duration::from_millis(10));
    }
    server.expect("close 0 TimedOut");
}

#[test]
fn a_close_with_a_deadline_that_is_kept_is_a_close() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"say goodbye\nwithin 0 3600000\n");
    client.expect_last(b"goodbye\n");
    drop(client);
    server.expect("close 0 Finished");
}

#[test]
fn an_aborted_connection_is_reset() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"say unsent\nabort 0\n");
    client.expect_reset();
    server.expect("close 0 Aborted");
}

#[test]
fn every_connection_is_closed_once() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"close 0\nabort 0\nclose 0\nabort 0\n");
    server.expect("close 0 Aborted");
    server.expect_nothing();
    drop(client);
    let mut next = server.client();
    next.exchange(b"say fine\n", b"fine\n");
    next.expect_silence(A_WHILE);
}
