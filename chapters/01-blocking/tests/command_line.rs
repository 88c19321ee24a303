//! What a server says of its options: one plain line that tells what to do, and exit code 2.

use std::net::TcpListener;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ch01-blocking"))
        .args(arguments)
        .output()
        .expect("the server's program starts")
}

/// The one line of an unusable call; checks that it is one, and the exit code.
fn complaint(arguments: &[&str]) -> String {
    let output = run(arguments);
    let text = String::from_utf8(output.stderr).expect("the message is UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    assert_eq!(text.lines().count(), 1, "not one line: {text}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    text
}

#[test]
fn a_taken_port_says_how_to_choose_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let text = complaint(&["--port", &port]);
    assert!(
        text.contains(&format!("port {port} on 127.0.0.1 is taken")),
        "{text}"
    );
    assert!(text.contains("--port 0"), "{text}");
}

#[test]
fn an_unknown_option_names_the_one_that_was_meant() {
    let text = complaint(&["--prot", "7000"]);
    assert!(
        text.contains("'--prot'") && text.contains("did you mean --port?"),
        "{text}"
    );
}

#[test]
fn a_host_that_is_no_address_is_named() {
    let text = complaint(&["--host", "300.1.2.3"]);
    assert!(
        text.contains("'300.1.2.3' is neither an IP address nor a name"),
        "{text}"
    );
}

/// As reported to clay#106 and rstudio/shiny-server#360.
#[test]
fn an_ipv6_address_may_be_in_brackets_as_in_a_url() {
    let options = ["--host", "[::1]"];
    let server = harness::Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &options);
    assert_eq!(server.address().ip().to_string(), "::1");
    let text = complaint(&["--host", "[127.0.0.1]"]);
    assert!(
        text.contains("'[127.0.0.1]' is neither an IP address"),
        "{text}"
    );
}

#[test]
fn an_address_of_another_machine_is_refused_with_what_would_do() {
    let text = complaint(&["--host", "192.0.2.1"]); // TEST-NET-1 (RFC 5737): nobody's
    assert!(
        text.contains("192.0.2.1 is no address of this machine"),
        "{text}"
    );
}

#[test]
fn a_port_out_of_range_names_the_range() {
    let text = complaint(&["--port", "65536"]);
    assert!(text.contains("65536 is not in 0..=65535"), "{text}");
}

#[test]
fn a_trace_file_that_cannot_be_written_is_named() {
    let text = complaint(&["--port", "0", "--trace-json", "/proc/nobody/trace.json"]);
    assert!(text.contains("/proc/nobody/trace.json"), "{text}");
}

#[test]
fn help_names_every_option_and_gives_examples() {
    let output = run(&["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for word in [
        "--host",
        "--port",
        "--trace",
        "--trace-json",
        "--threads",
        "Examples:",
        "nc 127.0.0.1 7000",
    ] {
        assert!(text.contains(word), "no {word} in:\n{text}");
    }
}
