//! What the program says of its own options; those that all servers share are chapter 00's.

use std::net::TcpListener;
use std::process::Command;

fn complaint(options: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_ch05-reactor");
    let output = Command::new(program).args(options).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{options:?}: {text}");
    assert_eq!(text.lines().count(), 1, "not one line: {text}");
    text
}

#[test]
fn a_taken_port_is_refused_with_any_number_of_loops() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for loops in ["1", "2"] {
        let text = complaint(&["--port", &port, "--loops", loops]);
        assert!(text.contains("is taken"), "{loops} loops: {text}");
    }
}

#[test]
fn no_loops_at_all_is_refused() {
    let text = complaint(&["--loops", "0"]);
    assert!(text.contains("'--loops <N>'"), "{text}");
}

/// What waits for `listening on` would believe it.
#[test]
fn with_too_few_descriptors_to_serve_it_does_not_say_that_it_listens() {
    let limited = "ulimit -n 8 && exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_ch05-reactor");
    let mut command = Command::new("sh");
    command.args(["-c", limited, program, "--port", "0"]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(output.stdout, b"");
    assert!(text.contains("too few descriptors"), "{text}");
}
