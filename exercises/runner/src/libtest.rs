//! Reads what a test program prints (libtest's text format: its JSON is not stable yet).
//!
//! ```text
//! test suite::a_line_comes_back ... ok
//! test suite::every_client_is_served ... FAILED
//!
//! failures:
//!
//! ---- suite::every_client_is_served stdout ----
//!
//! thread 'suite::every_client_is_served' (4242) panicked at tests/check/suite.rs:20:5:
//! sent      "hello\n" (6 bytes)
//! note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
//! ```

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Without the `suite::` before it.
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// With what the test had to say, freed from libtest's frame.
    Failed(String),
    /// Began, or should have, and never ended.
    Unfinished,
}

impl Test {
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Passed
    }

    /// The part of the suite that it belongs to, where there are parts.
    pub fn part(&self) -> Option<&str> {
        self.name.split_once("::").map(|(part, _)| part)
    }

    /// The name as a sentence: `one_client::a_line_comes_back` is "one client: a line comes back".
    pub fn sentence(&self) -> String {
        self.name.replace("::", ": ").replace('_', " ")
    }
}

/// The tests of which `output` speaks, in its order. A test marked `#[ignore]` is none.
pub fn parse(output: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    for line in output.lines() {
        let Some((path, result)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        let path = path.trim_end_matches(" - should panic");
        let outcome = match result {
            "ok" => Outcome::Passed,
            "FAILED" => Outcome::Failed(message(output, path)),
            _ => continue,
        };
        tests.push(Test {
            name: short(path),
            outcome,
        });
    }
    tests
}

/// Adds those tests of `listing` (`--list --format terse`) that `tests` lacks.
pub fn add_unfinished(tests: &mut Vec<Test>, listing: &str) {
    for name in listing
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(short)
    {
        if tests.iter().all(|test| test.name != name) {
            tests.push(Test {
                name,
                outcome: Outcome::Unfinished,
            });
        }
    }
}

fn short(path: &str) -> String {
    path.strip_prefix("suite::").unwrap_or(path).to_owned()
}

/// What stands below the test's `---- … stdout ----`, without libtest's own words.
fn message(output: &str, path: &str) -> String {
    let head = format!("\n---- {path} stdout ----\n");
    let Some((_, rest)) = output.split_once(&head) else {
        return String::new();
    };
    let mut kept = String::new();
    for line in rest.lines() {
        if is_next_section(line) {
            break;
        }
        if line.starts_with("note: run with `RUST_BACKTRACE=") {
            continue;
        }
        match place_of_panic(line) {
            Some(place) if is_answer(place) => kept.extend([place, " panicked:\n"]),
            Some(_) => {}
            None => kept.extend([line, "\n"]),
        }
    }
    kept.trim_matches('\n').to_owned()
}

fn is_next_section(line: &str) -> bool {
    line == "failures:" || (line.starts_with("---- ") && line.ends_with(" stdout ----"))
}

/// The `FILE:LINE:COLUMN` of the line that opens a panic's message.
fn place_of_panic(line: &str) -> Option<&str> {
    let (_, place) = line.strip_prefix("thread '")?.split_once(" panicked at ")?;
    place.strip_suffix(':')
}

/// Whether a place is in the reader's file: a panic there is news, one in the suite is a verdict.
fn is_answer(place: &str) -> bool {
    place.contains("/src/lib.rs:") && !place.contains("harness/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 4 tests
test suite::a_line_comes_back ... ok
test suite::it_panics - should panic ... ok
test suite::slow ... ignored, needs an hour
test suite::one_client::bytes_stay ... FAILED
test suite::the_answer_panics ... FAILED

failures:

---- suite::one_client::bytes_stay stdout ----

thread 'suite::one_client::bytes_stay' (77) panicked at exercises/01-x/1-y/tests/check/suite.rs:20:5:
sent      \"a\\n\" (2 bytes)

received  \"b\\n\"
           ^ byte 0
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- suite::the_answer_panics stdout ----

thread 'suite::the_answer_panics' (78) panicked at exercises/01-x/1-y/src/lib.rs:7:5:
not yet implemented


failures:
    suite::one_client::bytes_stay

test result: FAILED. 2 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn every_finished_test_is_found_once() {
        let tests = parse(OUTPUT);
        let names: Vec<_> = tests
            .iter()
            .map(|test| (test.name.as_str(), test.passed()))
            .collect();
        assert_eq!(
            names,
            [
                ("a_line_comes_back", true),
                ("it_panics", true),
                ("one_client::bytes_stay", false),
                ("the_answer_panics", false)
            ]
        );
    }

    #[test]
    fn a_verdict_is_freed_from_its_frame() {
        let Outcome::Failed(text) = &parse(OUTPUT)[2].outcome else {
            panic!("it failed")
        };
        assert_eq!(
            text,
            "sent      \"a\\n\" (2 bytes)\n\nreceived  \"b\\n\"\n           ^ byte 0"
        );
    }

    #[test]
    fn a_panic_in_the_answer_keeps_its_place() {
        let Outcome::Failed(text) = &parse(OUTPUT)[3].outcome else {
            panic!("it failed")
        };
        assert_eq!(
            text,
            "exercises/01-x/1-y/src/lib.rs:7:5 panicked:\nnot yet implemented"
        );
    }

    #[test]
    fn a_name_is_a_sentence() {
        assert_eq!(parse(OUTPUT)[2].sentence(), "one client: bytes stay");
    }

    #[test]
    fn tests_that_never_ended_are_told_from_the_listing() {
        let mut tests = parse("test suite::done ... ok\n");
        add_unfinished(
            &mut tests,
            "suite::done: test\nsuite::stuck: test\n\n2 tests, 0 benchmarks\n",
        );
        assert_eq!(
            tests[1],
            Test {
                name: "stuck".to_owned(),
                outcome: Outcome::Unfinished
            }
        );
        assert_eq!(tests.len(), 2);
    }

    #[test]
    fn other_output_is_no_test() {
        assert_eq!(
            parse("test is a word ... that lines may begin with\nlistening\n"),
            []
        );
    }
}
