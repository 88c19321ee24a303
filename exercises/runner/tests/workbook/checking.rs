//! `check`: what a reader is told of an answer, and that nothing outlives it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION, is_running};

/// An answer that does `work` when 2 and 2 are added.
fn answer(work: &str) -> String {
    format!(
        "pub fn add(a: u32, b: u32) -> u32 {{\n    if b > 0 {{\n        {work}\n    }}\n    a\n}}\n"
    )
}

#[test]
fn an_unsolved_exercise_gets_its_verdict() {
    let said = Course::new("unsolved").run(&["check", "1-1"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let order = [
        "✓ zero changes nothing",
        "✗ two and two are four",
        "left: 2",
        "1 of 2 tests pass",
        "01-first.html#read",
        "hint 01-1",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|words| {
            said.stdout
                .find(words)
                .unwrap_or_else(|| panic!("`{words}` in\n{}", said.stdout))
        })
        .collect();
    assert!(places.is_sorted(), "{}", said.stdout);
    assert!(
        !said.stdout.contains("panicked at") && !said.stdout.contains("RUST_BACKTRACE"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_solved_exercise_is_noted_and_leads_to_the_next() {
    let course = Course::new("solved");
    course.write(ANSWER, SOLUTION);
    let said = course.run(&["check"]);
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert!(
        said.stdout.contains("Solved. All 2 tests pass.") && said.stdout.contains("check 01-2"),
        "{}",
        said.stdout
    );
    assert!(
        said.stderr
            .contains("checking 01-1 (the next one; you named none)"),
        "{}",
        said.stderr
    );
    assert!(course.read("progress.toml").contains("solved = true"));
    assert!(
        course
            .run(&["check"])
            .stdout
            .contains("01-2  The more exercise"),
        "the next unsolved one comes next"
    );
}

#[test]
fn the_next_one_is_the_next_behind_it_and_else_the_first() {
    let course = Course::new("next-behind");
    course.exercise("3-most", "ex01-3-most", "most");
    for (folder, number, next) in [("2-more", "1-2", "01-3"), ("3-most", "1-3", "01-1")] {
        course.write(&format!("exercises/01-first/{folder}/src/lib.rs"), SOLUTION);
        let said = course.run(&["check", number]);
        assert!(
            said.stdout.contains(&format!("check {next}")),
            "{}",
            said.stdout
        );
    }
}

#[test]
fn what_does_not_compile_gets_the_compilers_words() {
    let course = Course::new("compile");
    course.write(
        ANSWER,
        "pub fn add(a: u32, b: u32) -> u32 {\n    let unused = 1;\n    a + c\n}\n",
    );
    let said = course.run(&["check", "1-1"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stdout.contains("error[E0425]") && said.stdout.contains("does not compile yet"),
        "{}",
        said.stdout
    );
    assert!(!said.stdout.contains("warning:"), "{}", said.stdout);
    assert_eq!(said.stdout.matches("error[").count(), 1, "{}", said.stdout);
}

#[test]
fn an_answer_that_hangs_is_ended_and_leaves_nothing_behind() {
    let course = Course::new("hanging");
    // It starts a process of its own, which would outlive it.
    let work = "std::process::Command::new(\"sleep\").arg(\"31.4159\").spawn().unwrap();\n        loop { std::thread::park(); }";
    course.write(ANSWER, &answer(work));
    let began = Instant::now();
    let said = course.run(&["check", "1-1", "--limit", "1"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(
        said.stdout.contains("? two and two are four") && said.stdout.contains("after 1 s"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("✓ zero changes nothing"),
        "{}",
        said.stdout
    );
    assert!(
        !is_running(|words| words.contains(&"31.4159")),
        "its child still runs"
    );
    course.expect_test_program(false);
}

#[test]
fn an_answer_that_ends_the_tests_is_told_so() {
    let course = Course::new("aborting");
    course.write(ANSWER, &answer("std::process::abort();"));
    let said = course.run(&["check", "1-1"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(
        said.stdout.contains("? two and two are four") && said.stdout.contains("SIGABRT"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_panic_in_the_answer_is_told_with_its_place() {
    let course = Course::new("panicking");
    course.write(ANSWER, &answer("panic!(\"no idea\");"));
    let said = course.run(&["check", "1-1"]);
    assert!(
        said.stdout.contains("src/lib.rs:3:9 panicked:") && said.stdout.contains("no idea"),
        "{}",
        said.stdout
    );
}

#[test]
fn warnings_are_counted_not_shown() {
    let course = Course::new("warnings");
    course.write(
        ANSWER,
        "pub fn add(a: u32, b: u32) -> u32 {\n    let unused = 1;\n    a + b\n}\n",
    );
    let said = course.run(&["check", "1-1"]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.stdout.contains("1 warning: cargo check -p ex01-1-add"),
        "{}",
        said.stdout
    );
}

#[test]
fn another_exercise_that_does_not_compile_is_no_hindrance() {
    let course = Course::new("half-written");
    course.write(ANSWER, SOLUTION);
    course.write("exercises/01-first/2-more/src/lib.rs", "pub fn add(");
    assert_eq!(course.run(&["check", "1-1"]).code, Some(0));
}

#[test]
fn a_check_says_that_it_has_begun() {
    let said = Course::new("begun").run(&["check", "1-1"]);
    assert_eq!(said.stderr, "checking 01-1 …\n");
}

#[test]
fn a_check_that_waits_for_another_cargo_says_so() {
    let course = Course::new("locked");
    course.run(&["check", "1-1"]); // makes the target folder
    // As cargo holds it while it builds.
    let path = course.root.join("target/debug/.cargo-lock");
    let lock = File::options().write(true).open(path).expect("it is there");
    lock.lock().expect("it is free");
    let mut command = course.command(&["check", "1-1"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    let (sender, said) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = stderr.lines().map_while(Result::ok);
        let _ = sender.send(lines.any(|line| line.contains("waiting for file lock")));
    });
    let said = said.recv_timeout(Duration::from_secs(10));
    lock.unlock().expect("it is ours");
    child.wait().expect("it ends");
    assert_eq!(said, Ok(true), "while the lock was held");
}

#[test]
fn a_solved_exercise_that_fails_again_is_open_again() {
    let course = Course::new("open-again");
    for broken in [SHIPPED, "this does not compile"] {
        course.write(ANSWER, SOLUTION);
        assert_eq!(course.run(&["check", "1-1"]).code, Some(0));
        course.write(ANSWER, broken);
        let said = course.run(&["check", "1-1"]);
        assert!(said.stdout.contains("it is open again"), "{}", said.stdout);
        assert!(course.run(&["list"]).stdout.contains("· 01-1"));
    }
    let again = course.run(&["check", "1-1"]);
    assert!(!again.stdout.contains("open again"), "{}", again.stdout);
}

const SUITE: &str = "exercises/01-first/1-add/tests/check/suite.rs";

/// A test that the solution passes only if `sum` is 7.
fn one_test_more(course: &Course, sum: u32) {
    let grown = format!(
        "{}\n#[test]\nfn three_and_four() {{\n    assert_eq!(add(3, 4), {sum});\n}}\n",
        course.read(SUITE)
    );
    course.write(SUITE, &grown);
}

#[test]
fn an_exercise_that_has_grown_says_so_and_keeps_what_was_achieved() {
    let course = Course::new("grown");
    course.write(ANSWER, SOLUTION);
    assert_eq!(course.run(&["hint", "1-1"]).code, Some(0));
    assert_eq!(course.run(&["check", "1-1"]).code, Some(0));
    one_test_more(&course, 8); // as another version may bring, which this answer fails
    let said = course.run(&["check", "1-1"]);
    let joined = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        joined.contains("the exercise has grown since, and is open again"),
        "{joined}"
    );
    assert_eq!(course.read(ANSWER), SOLUTION);
    assert!(course.read("progress.toml").contains("hints = 1"));
    let again = course.run(&["check", "1-1"]);
    assert!(!again.stdout.contains("has grown"), "{}", again.stdout);
}

#[test]
fn an_exercise_that_has_grown_and_is_passed_stays_solved() {
    let course = Course::new("grown-and-passed");
    course.write(ANSWER, SOLUTION);
    assert_eq!(course.run(&["check", "1-1"]).code, Some(0));
    one_test_more(&course, 7);
    assert_eq!(course.run(&["check", "1-1"]).code, Some(0));
    // From now on, it is this suite that a failure is held against.
    course.write(ANSWER, SHIPPED);
    let said = course.run(&["check", "1-1"]);
    assert!(said.stdout.contains("open again"), "{}", said.stdout);
    assert!(!said.stdout.contains("grown"), "{}", said.stdout);
}

#[test]
fn an_exercise_that_was_solved_when_nobody_noted_how_may_have_grown() {
    let course = Course::new("grown-maybe");
    course.write("progress.toml", "[exercises.add]\nsolved = true\n");
    let said = course.run(&["check", "1-1"]);
    let joined = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        joined.contains("the exercise may have grown since"),
        "{joined}"
    );
}

#[test]
fn files_that_are_missing_are_put_back() {
    let course = Course::new("missing");
    fs::remove_dir_all(course.root.join(ANSWER).with_file_name("")).expect("it is there");
    let said = course.run(&["check", "1-2"]);
    assert!(
        said.stdout.contains("1 of 2 tests pass") && said.stderr.contains(ANSWER),
        "{}{}",
        said.stdout,
        said.stderr
    );
    assert_eq!(course.read(ANSWER), SHIPPED);
}
