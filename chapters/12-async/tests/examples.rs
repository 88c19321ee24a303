//! Each example, run as a reader runs it.

use std::path::PathBuf;
use std::process::Command;

use harness::Server;

/// Cargo builds the examples beside the tests.
fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap(); // target/debug/deps/examples-…
    path.pop();
    path.pop();
    path.extend(["examples", name]);
    assert!(
        path.exists(),
        "cargo builds the examples for `cargo test -p ch12-async`, but not for one test target \
         alone: `cargo build -p ch12-async --examples` first"
    );
    path
}

fn output(name: &str) -> String {
    let output = Command::new(example(name)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_state_machine_by_hand_does_what_the_compilers_does() {
    let output = output("states");
    for name in ["async fn", "by hand "] {
        for poll in ["1: Pending", "2: Pending", "3: Ready(3)"] {
            let line = format!("{name}, poll {poll}\n");
            assert!(output.contains(&line), "{line}{output}");
        }
    }
    let size = |name: &str| -> usize {
        let line = output.lines().find(|line| line.ends_with(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    assert!(size("buffer_before") < 100, "{output}");
    assert!(size("buffer_across") > 1024, "{output}");
    assert!(size("buffer_boxed") < 100, "{output}");
}

#[test]
fn what_a_dropped_future_has_read_is_lost() {
    let expected = "in the future: the time is up, then \"lo\\n\"\n\
                    in its caller: the time is up, then \"hello\\n\"\n";
    assert_eq!(output("cancelled"), expected);
}

/// The example of RFC 6455 §1.3.
const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const ANSWER: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#[test]
fn the_protocol_of_chapter_07_runs_on_tokio() {
    let server = Server::spawn(example("websocket").to_str().unwrap(), &[]);
    let hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"; // RFC 6455 §5.7
    let mut client = server.client();
    client.send(&[REQUEST, hello].concat());
    client.expect(&[ANSWER, b"\x81\x05Hello"].concat());
    client.send(b"\x89\x80\0\0\0\0\x01\x82\0\0\0\0He");
    client.expect(b"\x8a\x00");
    client.send(b"\x80\x83\0\0\0\0llo");
    client.expect(b"\x81\x05Hello");
    client.send(b"\x88\x82\0\0\0\0\x03\xe8");
    client.expect(b"\x88\x02\x03\xe8");
    client.expect_end();
}

#[test]
fn the_protocol_of_chapter_07_refuses_on_tokio_what_it_refused_before() {
    let server = Server::spawn(example("websocket").to_str().unwrap(), &[]);
    let mut client = server.client();
    client.send(&[REQUEST, b"\x81\x05Hello"].concat()); // not masked
    client.expect(ANSWER);
    client.expect(b"\x88");
}

/// The echo by completion, where this process may have a ring.
fn uring() -> Option<Server> {
    let program = example("uring");
    let probe = Command::new(&program).arg("--probe").output().unwrap();
    let reason = String::from_utf8(probe.stderr).unwrap();
    if probe.status.success() && reason.is_empty() {
        return Some(Server::spawn(program.to_str().unwrap(), &[]));
    }
    assert!(reason.starts_with("SKIPPED uring: "), "{reason}");
    eprintln!("{reason}");
    None
}

macro_rules! by_completion {
    ($($suite:ident::$test:ident,)+) => { $(
        #[test]
        fn $test() {
            if let Some(server) = uring() {
                harness::echo::$suite::$test(&server);
            }
        }
    )+ };
}

by_completion! {
    lines::a_line_comes_back,
    lines::half_a_line_waits_for_its_end,
    lines::lines_cut_anywhere_come_back,
    lines::pipelined_lines_come_back_in_order,
    lines::a_mebibyte_of_lines_comes_back,
    lines::the_longest_line_comes_back,
    lines::a_long_line_is_refused,
    lines::a_refusal_survives_a_flood,
    endings::quit_is_answered_and_ends,
    endings::lines_before_quit_are_answered_and_later_ones_are_not,
    endings::goodbye_survives_a_flood,
    endings::an_unfinished_last_line_comes_back,
    endings::an_empty_connection_is_closed,
    endings::a_client_that_has_finished_sending_still_gets_all,
    endings::clients_in_turn_leave_no_descriptor_behind,
    endings::a_reset_at_once_harms_no_other,
    endings::a_client_that_resets_during_its_answer_harms_no_other,
    endings::answers_in_flight_survive_the_close,
    many_clients::a_thousand_clients_get_their_own_lines,
    many_clients::a_hundred_resets_harm_no_other,
    slow_reader::a_client_that_never_reads_delays_nobody,
    slow_reader::a_client_that_reads_late_gets_all,
    streams::lines_come_back_at_any_pace,
}
