//! What the program says of its own options; those that all servers share are chapter 00's.

use std::process::Command;

fn complaint(options: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_ch06-http");
    let output = Command::new(program).args(options).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{options:?}: {text}");
    assert_eq!(text.lines().count(), 1, "not one line: {text}");
    text
}

#[test]
fn a_root_that_is_not_there_is_refused() {
    let text = complaint(&["--root", "/nowhere"]);
    assert!(text.contains("there is no such directory"), "{text}");
}

#[test]
fn a_file_for_a_root_is_refused() {
    complaint(&["--root", "/dev/null"]);
}

#[test]
fn a_host_name_that_no_request_can_have_is_refused_with_what_would() {
    let text = complaint(&["--host-name", "m\u{fc}nchen.de"]);
    assert!(
        text.contains("browsers call that host xn--mnchen-3ya.de"),
        "{text}"
    );
}

#[test]
fn no_time_at_all_is_refused() {
    let text = complaint(&["--idle-timeout", "0"]);
    assert!(text.contains("--idle-timeout"), "{text}");
}

/// What waits for `listening on` would believe it.
#[test]
fn with_too_few_descriptors_to_serve_it_does_not_say_that_it_listens() {
    let limited = "ulimit -n 8 && exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_ch06-http");
    let mut command = Command::new("sh");
    command.args(["-c", limited, program, "--port", "0"]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(output.stdout, b"");
    assert!(text.contains("too few descriptors"), "{text}");
}
