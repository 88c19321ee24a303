//! A hundred thousand connections in one process on one port, with both ends here: opened, held, asked,
//! told and closed.

use std::io::{self, Write};
use std::process::Command;

/// What keeps this machine from it, if something does.
fn obstacle(said: &str) -> Option<&str> {
    let words = [
        "it would stop at",
        "unshare: ",
        "too few descriptors",
        "ip: not found",
        "needs the program",
    ];
    said.lines()
        .find(|line| words.iter().any(|word| line.contains(word)))
}

fn hundred_thousand(protocol: &str) {
    let directory = harness::Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let plot = directory.path().join("plot.svg");
    let output = Command::new(env!("CARGO_BIN_EXE_million"))
        .args([
            "--connections",
            "100000",
            "--probe",
            "1",
            "--protocol",
            protocol,
        ])
        .arg("--plot")
        .arg(&plot)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if let Some(reason) = obstacle(&said) {
        let _ = writeln!(
            io::stderr(),
            "SKIPPED 100,000 connections, {protocol}: {reason}"
        );
        return;
    }
    assert!(output.status.success(), "{said}");
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(table.starts_with("| 100,000 connections |"), "{table}");
    assert!(table.contains("| a stop: all told |"), "{table}");
    let drawn = std::fs::read_to_string(plot).unwrap();
    assert!(
        drawn.contains("100000 connections at most") && !drawn.contains("\n\n"),
        "{drawn}"
    );
}

/// One after the other: together they would need twice the memory.
#[test]
fn a_hundred_thousand_are_opened_asked_told_and_closed() {
    for protocol in ["echo", "websocket"] {
        hundred_thousand(protocol);
    }
}
