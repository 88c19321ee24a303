//! The load generator, against servers that are not as they should be.

mod honesty;
mod odd_server;
mod protocols;

use std::process::{Command, Output};

use serde_json::Value;

/// Runs the generator.
fn load(options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_load"))
        .args(options)
        .output()
        .unwrap()
}

/// Runs it, and returns its summary.
fn summary(options: &[&str]) -> Value {
    let directory = harness::Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let file = directory.path().join("run.json");
    let output = load(&[options, &["--json", file.to_str().unwrap()]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = std::fs::read_to_string(file).unwrap();
    serde_json::from_str(lines.lines().last().unwrap()).unwrap()
}

fn number(summary: &Value, name: &str) -> f64 {
    summary[name].as_f64().unwrap()
}

/// Runs it, sees it fail, and returns what it says.
fn failure(options: &[&str]) -> String {
    let output = load(options);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}
