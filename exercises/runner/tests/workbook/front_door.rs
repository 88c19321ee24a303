//! What is around the runner: the script that starts it, and the editor's settings.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::course::{ANSWER, Course, SHIPPED, Said, said};

/// A file at the top of this workspace.
fn ours(path: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(top.join(path)).expect("it is there")
}

/// Starts `workbook` in a course by `.just/start`, where `cargo` is this script.
fn start(course: &Course, cargo: Option<&str>) -> Said {
    for script in [".just/start", ".just/has-cargo"] {
        course.write(script, &ours(script));
    }
    if let Some(script) = cargo {
        course.write("bin/cargo", &format!("#!/bin/sh\n{script}\n"));
        let path = course.root.join("bin/cargo");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    // Only what the script needs: the real cargo may be anywhere.
    for tool in ["bash", "dirname", "sed", "mkdir", "cp"] {
        let from = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
        let from = from.iter().find(|path| path.exists()).expect("it is there");
        let to = course.root.join("bin").join(tool);
        fs::create_dir_all(course.root.join("bin")).expect("it can be made");
        std::os::unix::fs::symlink(from, to).expect("it is not there yet");
    }
    let mut command = Command::new(course.root.join("bin/bash"));
    command
        .args([".just/start", "workbook", "an option"])
        .current_dir(&course.root)
        .env_remove("CARGO_TARGET_DIR")
        .env("PATH", course.root.join("bin"));
    said(&command.output().expect("it can be run"))
}

/// A cargo that has built a program which says what it was given.
const BUILDS: &str = "printf '#!/bin/sh\\necho \"given: $1\"\\n' >program; /bin/chmod +x program\n\
    echo '   Compiling workbook v0.1.0' >&2\n\
    echo '    Blocking waiting for file lock on build directory' >&2\n\
    printf '\\033[1m\\033[92m    Finished\\033[0m `dev` profile\\n' >&2\n\
    echo '{\"reason\":\"compiler-artifact\",\"executable\":null}'\n\
    echo \"{\\\"reason\\\":\\\"compiler-artifact\\\",\\\"executable\\\":\\\"$PWD/program\\\"}\"";

#[test]
fn cargo_is_heard_where_it_builds_or_waits_and_then_no_more() {
    let course = Course::new("start");
    let said = start(&course, Some(BUILDS));
    assert_eq!(said.stdout, "given: an option\n", "{}", said.stderr);
    for words in [
        "building workbook for the first time",
        "Compiling workbook",
        "Blocking waiting for file lock",
    ] {
        assert!(said.stderr.contains(words), "{}", said.stderr);
    }
    assert!(!said.stderr.contains("Finished"), "{}", said.stderr);
}

#[test]
fn a_start_that_builds_nothing_says_nothing() {
    let course = Course::new("start-again");
    course.write("target/debug/workbook", "");
    let quiet = BUILDS
        .lines()
        .filter(|line| !line.contains("Compiling") && !line.contains("Blocking"))
        .collect::<Vec<_>>()
        .join("\n");
    let said = start(&course, Some(&quiet));
    assert_eq!(said.stderr, "");
    assert!(said.stdout.starts_with("given: "), "{}", said.stdout);
}

#[test]
fn a_build_that_fails_ends_the_start() {
    let said = start(
        &Course::new("start-fails"),
        Some("echo 'error: no linker' >&2; exit 101"),
    );
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("no linker"), "{}", said.stderr);
}

#[test]
fn without_cargo_it_says_who_knows_more() {
    let said = start(&Course::new("start-bare"), None);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("just doctor"), "{}", said.stderr);
}

/// Where a recipe or a script calls cargo itself, it has asked before whether there is one.
#[test]
fn whatever_calls_cargo_asks_for_it_before() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scripts = fs::read_dir(top.join(".just")).expect("it is there");
    let names = scripts.map(|entry| entry.expect("it can be read").file_name());
    let names = names.map(|name| format!(".just/{}", name.to_string_lossy()));
    // A script asks once, a recipe of the menu for itself.
    let scripts: Vec<_> = names.map(|name| ours(&name)).collect();
    let menu = ours("justfile");
    let mut count = 0;
    for part in scripts.iter().map(String::as_str).chain(menu.split("\n\n")) {
        let lines = part
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default());
        let before: Vec<_> = lines
            .take_while(|line| {
                !["cargo build", "cargo run", "cargo test", "cargo fuzz"]
                    .iter()
                    .any(|call| line.contains(call))
            })
            .collect();
        if before.len() < part.lines().count() {
            let calls = part.lines().nth(before.len()).unwrap_or_default();
            let asks = |line: &str| line.contains(".just/has-cargo");
            assert!(before.iter().copied().any(asks) || asks(calls), "{calls}");
            count += 1;
        }
    }
    assert!(count > 5, "{count} that call it");
}

#[test]
fn a_file_that_was_deleted_is_put_back_before_cargo_misses_it() {
    let course = Course::new("start-missing");
    fs::remove_dir_all(course.root.join(ANSWER).with_file_name("")).expect("it is there");
    let said = start(&course, Some(BUILDS));
    assert!(said.stderr.contains(ANSWER), "{}", said.stderr);
    assert_eq!(course.read(ANSWER), SHIPPED);
}

#[test]
fn every_editor_gets_the_same_settings() {
    let settings: serde_json::Value =
        serde_json::from_str(&ours(".vscode/settings.json")).expect("it is JSON");
    let others: toml::Table = toml::from_str(&ours("rust-analyzer.toml")).expect("it is TOML");
    let others = serde_json::to_value(others).expect("it has no dates");
    let mut count = 0;
    for (key, value) in settings.as_object().expect("it is a table") {
        let Some(key) = key.strip_prefix("rust-analyzer.") else {
            continue;
        };
        let pointer = format!("/{}", key.replace('.', "/"));
        assert_eq!(others.pointer(&pointer), Some(value), "{key}");
        count += 1;
    }
    assert!(count > 2, "there are some");
}
