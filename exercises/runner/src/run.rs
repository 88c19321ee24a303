//! Runs a test program and reads what came of it.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::cargo::{Build, Program};
use crate::child;
use crate::libtest::{self, Test};

/// What the tests said of an answer.
#[derive(Debug)]
pub struct Run {
    pub tests: Vec<Test>,
    /// Why the test program did not end as one that has run all its tests.
    pub abnormal: Option<String>,
    /// Everything it printed.
    pub output: String,
}

impl Run {
    pub fn passed(&self) -> bool {
        self.abnormal.is_none() && !self.tests.is_empty() && self.tests.iter().all(Test::passed)
    }

    /// The names of the tests that did not pass.
    pub fn failed(&self) -> Vec<&str> {
        self.tests
            .iter()
            .filter(|test| !test.passed())
            .map(|test| test.name.as_str())
            .collect()
    }

    /// The panics beside tests that pass, each once: the test kit tells of them on stderr.
    pub fn panics(&self) -> BTreeSet<&str> {
        let lines = self.output.lines();
        lines
            .filter_map(|line| line.strip_prefix("also: "))
            .collect()
    }

    pub fn test(&self, name: &str) -> Option<&Test> {
        self.tests.iter().find(|test| test.name == name)
    }
}

/// The program that holds the exercise's suite.
pub fn find_program<'a>(build: &'a Build, package: &Path, target: &str) -> Result<&'a Program> {
    build.program(package, target).with_context(|| {
        let package = package.display();
        format!("{package} has no tests: tests/{target} is missing")
    })
}

/// Runs a test program with libtest's own `arguments` for at most `limit`.
///
/// # Errors
///
/// When it can't be run.
pub fn run_tests(program: &Program, arguments: &[&str], limit: Duration) -> Result<Run> {
    // All tests at once: they mostly wait, and a server that hangs makes each of them wait its full
    // time.
    let ended = child::run(
        command(program)
            .args(["--color=never", "--test-threads=16"])
            .args(arguments),
        limit,
    )
    .with_context(|| format!("{} can't be run", program.path.display()))?;
    let mut tests = libtest::parse(&ended.stdout);
    let abnormal = match ended.status {
        None => Some(format!(
            "after {} s it was still running and was ended",
            limit.as_secs()
        )),
        Some(status) if status.success() || status.code() == Some(FAILED_TESTS) => None,
        Some(status) => Some(format!("the test program itself ended with {status}")),
    };
    if abnormal.is_some() {
        let listing = child::run(
            command(program)
                .args(["--list", "--format=terse"])
                .args(arguments),
            limit,
        )?;
        libtest::add_unfinished(&mut tests, &listing.stdout);
    }
    Ok(Run {
        tests,
        abnormal,
        output: ended.stdout + &ended.stderr,
    })
}

/// The exit code of a test program that ran all its tests, some of which failed.
const FAILED_TESTS: i32 = 101;

/// The program, in the surroundings that `cargo test` would give it.
fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command
        .current_dir(&program.package)
        .env("CARGO_MANIFEST_DIR", &program.package)
        .env("RUST_BACKTRACE", "0");
    command
}

/// Brings the tests into the order in which the suites, files below `root`, have them: from simple to
/// hard, while libtest reports them as they end.
pub fn put_in_order(tests: &mut [Test], root: &Path, suites: &[PathBuf]) {
    let sources = suites
        .iter()
        .map(|file| fs::read_to_string(root.join(file)));
    let source: String = sources.flatten().collect();
    let mut places = HashMap::new();
    for (line, text) in source.lines().enumerate() {
        let text = text.trim_start();
        let text = text.strip_prefix("pub ").unwrap_or(text);
        let function = text.strip_prefix("fn ");
        if let Some((name, _)) = function.and_then(|rest| rest.split_once('(')) {
            places.entry(name).or_insert(line);
        }
    }
    let place = |test: &Test| {
        let function = test.name.rsplit("::").next().unwrap_or_default();
        places.get(function).copied().unwrap_or(usize::MAX)
    };
    tests.sort_by_key(|test| (place(test), test.name.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_beside_a_test_that_passes_is_found_once() {
        let also = "also: thread answer panicked at lib.rs:7:1: no";
        let run = Run {
            tests: Vec::new(),
            abnormal: None,
            output: format!("test suite::one ... ok\n{also}\n{also}\n"),
        };
        let panics: Vec<&str> = run.panics().into_iter().collect();
        assert_eq!(panics, ["thread answer panicked at lib.rs:7:1: no"]);
    }
}
