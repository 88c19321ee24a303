//! It doesn't lie.

use std::time::Duration;

use crate::odd_server::{Fault, OddServer};
use crate::{failure, number, summary};

const LATE: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_millis(200);

#[test]
fn one_late_answer_in_a_hundred_is_in_the_percentiles_where_it_belongs() {
    let server = OddServer::start(Fault::Late(LATE));
    let found = summary(&[&server.address, "-r", "1000", "-d", "2", "--warm-up", "0"]);
    assert!(number(&found, "p995_us") >= 50_000.0, "{found}");
    assert!(number(&found, "p999_us") >= 50_000.0, "{found}");
    assert!(number(&found, "p50_us") < 50_000.0, "{found}");
}

#[test]
fn a_server_that_sleeps_is_late_for_all_that_was_due_meanwhile() {
    // Each 100 ms it sleeps for 200 ms: at this rate, it falls behind for good.
    let server = OddServer::start(Fault::Sleeps(LONG));
    let open = summary(&[&server.address, "-r", "1000", "-d", "1", "-c", "10"]);
    assert!(number(&open, "p50_us") >= 200_000.0, "{open}");
}

#[test]
fn a_closed_loop_hides_a_server_that_sleeps() {
    let server = OddServer::start(Fault::Sleeps(LONG));
    let closed = summary(&[&server.address, "-d", "1", "-c", "1"]);
    assert!(number(&closed, "p50_us") < 200_000.0, "{closed}");
}

#[test]
fn what_was_due_is_sent_and_answered_however_late() {
    let server = OddServer::start(Fault::Sleeps(LONG));
    let directory = harness::Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let file = directory.path().join("run.json");
    let options = [
        &server.address,
        "-r",
        "500",
        "-d",
        "1",
        "--warm-up",
        "0",
        "-c",
        "1",
    ];
    let output = crate::load(&[&options[..], &["--json", file.to_str().unwrap()]].concat());
    assert!(output.status.success());
    let lines = std::fs::read_to_string(file).unwrap();
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let all = number(&last, "all");
    assert!((500.0..=1000.0).contains(&all), "{last}"); // 500, and more if the stretch was longer
    assert!(number(&last, "answers") < all, "{last}");
}

#[test]
fn a_byte_that_differs_ends_the_run() {
    for pipeline in ["1", "7"] {
        let server = OddServer::start(Fault::WrongByte(1000));
        let said = failure(&[&server.address, "-p", pipeline]);
        assert!(said.contains("is not what it has to be"), "{said}");
    }
}

#[test]
fn an_answer_too_many_ends_the_run() {
    let server = OddServer::start(Fault::Twice(1000));
    let said = failure(&[&server.address]);
    assert!(said.contains("answers what wasn't asked"), "{said}");
}

#[test]
fn a_server_that_falls_silent_ends_the_run() {
    for at in [1, 1000] {
        let server = OddServer::start(Fault::Silent(at));
        let said = failure(&[&server.address, "--patience", "1"]);
        assert!(
            said.contains("no other for") || said.contains("no answer within"),
            "{said}"
        );
    }
}

#[test]
fn a_server_that_closes_ends_the_run() {
    for at in [1, 1000] {
        let server = OddServer::start(Fault::Closes(at));
        let said = failure(&[&server.address]);
        assert!(
            said.contains("closes a connection instead of answering"),
            "{said}"
        );
    }
}
