//! Outputs that fill up and drain, and what that does to the input: of the same client, and of others.

#[path = "clients.rs"]
mod clients;
#[path = "process.rs"]
mod process;

use std::thread;
use std::time::{Duration, Instant};

use clients::{answers, arrive, expect_read, served, start};
use harness::{Client, DEADLINE};
use process::{expect_growth, expect_sleep, peak, watches};

#[test]
fn each_line_is_answered() {
    let server = start(
        "A number is answered by so many dots and a line feed, and every client hears the bell. The answers \
         come in the order of the lines.",
    );
    let [mut one, mut two] = [server.client(), server.client()];
    two.exchange(b"0\n", b"\n");
    one.exchange(b"3\n!\n2\n", b"...\nding\n..\n");
    two.expect(b"ding\n");
    one.send_in_pieces(b"12\n99999\n", &[1, 3, 5]);
    one.expect(&answers(12, 1));
    one.expect(&answers(65_536, 1));
    server.while_stopped(|| {
        arrive(&server, &mut one, b"1\n");
        one.finish_sending();
    });
    one.expect_last(b".\n");
    two.exchange(b"4\n", b"....\n");
}

#[test]
fn input_behind_a_full_output_is_read() {
    let server = start(
        "The answers to one read filled the output, so the turn read no more. Then the socket took all of \
         it. Compare what epoll was asked to watch before this turn and after it. What will report the lines \
         that are still in the socket?",
    );
    let [mut client] = served(&server);
    // They fill the output with the first read, the second, and the fourth.
    for (dots, lines) in [(2000, 25), (600, 80), (300, 100), (2000, 25)] {
        client.exchange(b"1\n", b".\n");
        let sent = format!("{dots}\n").repeat(lines);
        server.while_stopped(|| arrive(&server, &mut client, sent.as_bytes()));
        expect_read(&server, &mut client);
        client.expect(&answers(dots, lines));
    }
}

#[test]
fn input_reported_while_the_output_is_full_is_read() {
    let server = start(
        "Seven clients rang the bell, and that filled the output of an eighth, whose own line was reported in \
         the same batch. It was not read, because the output was full. Then the socket took all of the \
         output. The report is used up, and there will be no other.",
    );
    let mut clients: [Client; 8] = served(&server);
    for _ in 0..2 {
        server.while_stopped(|| {
            for ringer in &mut clients[..7] {
                arrive(&server, ringer, &b"!\n".repeat(512));
            }
            arrive(&server, &mut clients[7], b"7\n");
        });
        for client in clients.iter_mut().rev() {
            expect_read(&server, client);
        }
    }
    clients[7].finish_sending();
    let heard = String::from_utf8_lossy(&clients[7].read_to_end()).into_owned();
    let found = heard.matches(".......\n").count();
    if found != 2 {
        let received = format!("{found} of them, among {} bytes", heard.len());
        server.fail_with("two answers of seven dots, beside the bells", &received);
    }
}

#[test]
fn input_left_by_an_output_that_drains_later_in_the_turn_is_read() {
    let server = start(
        "In a client's turn, its output became full, so the rest of its input was left. Then six others rang \
         the bell for many, and meanwhile the client read: when all outputs were flushed, its own drained. A \
         look at the output at one moment doesn't tell how it is at another.",
    );
    // A long turn: on a busy machine it may take a while.
    let server = server.with_deadline(2 * DEADLINE);
    let [mut client] = served(&server);
    let mut ringers: [Client; 6] = served(&server);
    // Each bell costs the server a moment for each of them. The client's own full output misses it.
    let _listeners: [Client; 40] = served(&server);
    server.while_stopped(|| {
        arrive(&server, &mut client, &b"65536\n".repeat(170));
        for ringer in &mut ringers {
            arrive(&server, ringer, &b"!\n".repeat(512));
        }
    });
    client.expect(&answers(65_536, 170));
}

#[test]
fn the_end_behind_a_full_output_is_seen() {
    let server = start(
        "A client sent 64 bytes, one read, and finished sending, all before the server looked. The answers \
         filled the output. The end of file is left in the socket like any other input.",
    );
    let [mut client] = served(&server);
    server.while_stopped(|| {
        let lines = "2000\n".repeat(12) + "1\n1\n";
        arrive(&server, &mut client, lines.as_bytes());
        client.finish_sending();
    });
    client.expect_last(&[answers(2000, 12), answers(1, 2)].concat());
}

#[test]
fn a_client_that_reads_late_gets_all_answers() {
    let server = start(
        "A client sent lines whose answers are more than its socket takes, and only then began to read. \
         Its output fills up and drains many times, partly or at once; it should get all answers.",
    );
    let [mut client] = served(&server);
    server.while_stopped(|| {
        let lines = "2000\n".repeat(12) + &"65536\n".repeat(300);
        arrive(&server, &mut client, lines.as_bytes());
    });
    server.wait_until_asleep();
    client.expect(&[answers(2000, 12), answers(65_536, 300)].concat());
    client.exchange(b"1\n", b".\n");
}

#[test]
fn a_full_output_takes_no_more() {
    let server = start(
        "A client sent 170 lines, each of which is answered by 65,537 bytes, and read nothing. One read \
         fills its output. Until some of it has been sent, the server should not read from this client: \
         neither in this turn nor in the next.",
    );
    let [mut client] = served(&server);
    let before = peak(&server);
    server.while_stopped(|| arrive(&server, &mut client, &b"65536\n".repeat(170)));
    server.wait_until_asleep();
    expect_growth(&server, before, 4);
}

#[test]
fn a_full_output_misses_the_bell() {
    let server = start(
        "The outputs of two clients that read nothing were full, and another client rang the bell 200,000 \
         times. What others do must not make these outputs grow, either.",
    );
    let [mut ringer] = served(&server);
    let mut clogged: Vec<Client> = (0..2).map(|_| server.slow_client()).collect();
    for client in &mut clogged {
        client.send(&b"2000\n".repeat(5000));
    }
    server.wait_until_asleep();
    let before = peak(&server);
    for _ in 0..20 {
        ringer.send(&b"!\n".repeat(10_000));
        ringer.expect(&b"ding\n".repeat(10_000));
    }
    expect_growth(&server, before, 1);
}

#[test]
fn a_flood_takes_one_turn_at_a_time() {
    let server = start(
        "One client's 4,096 short lines arrived just before another's single one, and all of them were \
         answered first. A turn of 16 reads has room for 512.",
    );
    let [mut flood, mut other] = served(&server);
    server.while_stopped(|| {
        arrive(&server, &mut flood, &b"1\n".repeat(4096));
        arrive(&server, &mut other, b"!\n");
    });
    flood.finish_sending();
    let heard = String::from_utf8_lossy(&flood.read_to_end()).into_owned();
    let before = heard.find("ding").map(|at| at / ".\n".len());
    if before.is_none_or(|before| before > 1024) {
        server.fail_with(
            "the other's bell after at most 1,024 of these answers",
            &before.map_or_else(|| "no bell".to_owned(), |before| format!("after {before}")),
        );
    }
}

#[test]
fn a_flood_of_long_answers_takes_one_turn_at_a_time() {
    let server = start(
        "One client's 250 lines with long answers, and a bell, arrived just before another's single line, \
         and the bell came first. A client whose output fills up and drains may go on reading, but not for \
         longer than its turn.",
    );
    let [mut flood, mut other] = served(&server);
    server.while_stopped(|| {
        let lines = "1400\n".repeat(250) + "!\n";
        arrive(&server, &mut flood, lines.as_bytes());
        arrive(&server, &mut other, b"7\n");
    });
    other.expect(b".......\n");
}

#[test]
fn connections_that_wait_for_input_are_edge_triggered() {
    let server = start(
        "All answers have been sent, so each connection only waits for input. It should be watched \
         edge-triggered, or those that have just had their turn stay ahead of others.",
    );
    let mut clients: [Client; 3] = served(&server);
    clients[1].exchange(&b"65536\n".repeat(10), &answers(65_536, 10));
    clients[2].exchange(&b"2000\n".repeat(12), &answers(2000, 12));
    server.wait_until_asleep();
    let [edges, levels] = watches(&server);
    if edges < 3 || levels > 1 {
        let received = format!("{edges} with ET (80000000), {levels} without, or with ONESHOT");
        let expected = "in the epoll's fdinfo, 3 connections with ET, and the listener";
        server.fail_with(expected, &received);
    }
}

#[test]
fn it_sleeps_when_all_is_quiet() {
    let server = start(
        "All that clients have sent is answered. Until there is an event there is nothing to do, not even \
         to look whether something was forgotten.",
    );
    let [mut client, _other] = served(&server);
    client.exchange(&b"2000\n".repeat(12), &answers(2000, 12));
    expect_sleep(&server);
}

#[test]
fn it_sleeps_while_a_client_does_not_read() {
    let server = start(
        "A client doesn't read its answers: its output is full, and input is left in its socket. Until \
         there is room there is nothing to do, so it must not be watched for input.",
    );
    let [mut client] = served(&server);
    server.while_stopped(|| arrive(&server, &mut client, &b"65536\n".repeat(1000)));
    expect_sleep(&server);
}

#[test]
fn connections_that_are_gone_are_closed() {
    let server = start(
        "Clients came and went: after an answer, without a word, by a reset, in the middle of long \
         answers. Their descriptors should be closed.",
    );
    let [_witness] = served(&server);
    let before = server.descriptors();
    let [mut finished, mut dropped, mut reset, mut busy, silent] = served(&server);
    finished.exchange(b"5\n", b".....\n");
    finished.finish_sending();
    finished.expect_end();
    dropped.send(b"2000\n");
    drop((dropped, silent));
    reset.send(&b"65536\n".repeat(300));
    busy.send(&b"2000\n".repeat(600));
    server.wait_until_asleep();
    busy.finish_sending();
    reset.reset();
    drop(busy);
    let deadline = Instant::now() + DEADLINE;
    while server.descriptors() != before {
        if Instant::now() > deadline {
            let received = format!("{} of them", server.descriptors());
            server.fail_with(&format!("{before} descriptors, as before"), &received);
        }
        thread::sleep(Duration::from_millis(1));
    }
}
