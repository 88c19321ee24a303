//! The ladder: each step serves the line echo, and has a test of its own for its idea. That test
//! fails on the step before.

mod step1;
mod step2;
mod step3;
mod step4;
mod step5;
mod step6;
mod step7;
mod step8;

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::Command;

use harness::{Client, DEADLINE, Server};

/// Step `name`; cargo builds the examples beside the tests.
fn start(name: &str, options: &[&str]) -> Server {
    Server::spawn(path(name).to_str().unwrap(), options)
}

fn path(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap(); // target/debug/deps/ladder-…
    path.pop();
    path.pop();
    path.extend(["examples", name]);
    assert!(
        path.exists(),
        "cargo builds the examples for `cargo test -p ch05-reactor`, but not for one test target \
         alone: `cargo build -p ch05-reactor --examples` first"
    );
    path
}

/// The server has closed this connection, or reset it.
fn expect_cut(client: &Client) {
    client.stream().set_read_timeout(Some(DEADLINE)).unwrap();
    let cut = match client.stream().read(&mut [0]) {
        Ok(bytes) => bytes == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(cut, "the connection is still there");
}

/// What holds from step 1 on: all suites of the line echo, but for the floods behind a last word.
/// They need to linger, which step 5 brings.
macro_rules! suites_without_linger {
    ($name:literal) => {
        harness::echo_tests! { line_echo, crate::start($name, &[]),
            lines::a_line_comes_back,
            lines::half_a_line_waits_for_its_end,
            lines::a_line_sent_byte_by_byte_comes_back,
            lines::lines_cut_anywhere_come_back,
            lines::any_byte_may_stand_in_a_line,
            lines::what_only_resembles_quit_is_a_line,
            lines::pipelined_lines_come_back_in_order,
            lines::a_mebibyte_of_lines_comes_back,
            lines::the_longest_line_comes_back,
            lines::a_long_line_is_refused,
            lines::lines_before_a_refused_one_are_answered,
            endings::quit_is_answered_and_ends,
            endings::quit_with_carriage_return_ends_too,
            endings::lines_before_quit_are_answered_and_later_ones_are_not,
            endings::an_unfinished_last_line_comes_back,
            endings::an_unfinished_quit_is_a_last_line,
            endings::an_empty_connection_is_closed,
            endings::a_client_that_has_finished_sending_still_gets_all,
            endings::clients_in_turn_leave_no_descriptor_behind,
            endings::a_reset_at_once_harms_no_other,
            endings::a_reset_in_mid_line_harms_no_other,
            endings::a_client_that_resets_during_its_answer_harms_no_other,
            endings::a_client_that_vanishes_after_its_end_harms_no_other,
        }
        harness::line_echo_concurrent_suite!(many_clients, crate::start($name, &[]));
        harness::line_echo_idle_suite!(idle, crate::start($name, &[]));
        harness::line_echo_slow_reader_suite!(slow_reader, crate::start($name, &[]));
    };
}

/// What holds from step 5 on: all suites of the line echo.
macro_rules! all_suites {
    ($name:literal) => {
        harness::line_echo_suite!(line_echo, crate::start($name, &[]));
        harness::line_echo_concurrent_suite!(many_clients, crate::start($name, &[]));
        harness::line_echo_idle_suite!(idle, crate::start($name, &[]));
        harness::line_echo_slow_reader_suite!(slow_reader, crate::start($name, &[]));
    };
}

use {all_suites, suites_without_linger};

#[test]
fn a_step_that_is_not_there_is_refused_with_the_list() {
    for step in ["0", "9", "x"] {
        let run = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.just/run");
        let mut command = Command::new("bash");
        let command = command.args([run, "05-reactor", "--step", step]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{step}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("  8  "), "{said}");
        assert!(
            said.contains(&format!("There is no step '{step}'")),
            "{said}"
        );
    }
}
