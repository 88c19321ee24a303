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
