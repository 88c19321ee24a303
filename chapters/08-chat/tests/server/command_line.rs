//! What the program says before it serves.

use std::process::{Command, Output};

use crate::{page, start};

fn run(options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ch08-chat"));
    program.args(options).output().expect("the program runs")
}

fn refuses(options: &[&str], words: &[&str]) {
    let output = run(options);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{options:?}: {error}");
    assert_eq!(output.stdout, b"", "{options:?}");
    assert_eq!(error.lines().count(), 1, "{options:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{options:?}: no {word} in {error}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_in_one_line_with_the_option_that_helps() {
    let server = start(&[]);
    let taken = server.address().port().to_string();
    let option = "choose one with --port";
    refuses(&["--port", &taken, "--web-port", "0"], &[&taken, option]);
    let taken = page::address(&server).port().to_string();
    let option = "choose one with --web-port";
    refuses(&["--port", "0", "--web-port", &taken], &[&taken, option]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    refuses(&["--idle", "0"], &["--idle"]);
    refuses(&["--web-port", "70000"], &["--web-port"]);
}

#[test]
fn help_names_the_options() {
    let output = run(&["--help"]);
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    for option in ["--port", "--web-port", "--idle", "--origin", "--trace"] {
        assert!(help.contains(option), "{help}");
    }
}
