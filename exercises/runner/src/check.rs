//! Builds an answer, runs its tests, and says what came of it.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::cargo::build_tests;
use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::missing;
use crate::progress::{Entry, Progress};
use crate::run::{find_program, put_in_order, run_tests};
use crate::suite::{self, Growth};
use crate::text::{FAINT, paint, show, show_on_stderr};
use crate::verdict::{self, Caller, step};

/// Whether the answer to an exercise is right. Prints the verdict, and notes it.
///
/// # Errors
///
/// When cargo or the test program can't be run.
pub fn check(
    catalog: &Catalog,
    exercise: &Exercise,
    limit: Duration,
    caller: Caller,
) -> Result<bool> {
    begin(&format!("checking {} …", exercise.number()));
    check_quietly(catalog, exercise, limit, caller)
}

/// A build, or tests that wait for a server that hangs, may take long.
fn begin(what: &str) {
    show_on_stderr(&paint(FAINT, &format!("{what}\n")));
}

fn check_quietly(
    catalog: &Catalog,
    exercise: &Exercise,
    limit: Duration,
    caller: Caller,
) -> Result<bool> {
    let mut progress = Progress::load(&catalog.root)?;
    let before = progress.entry(&exercise.card.id);
    missing::restore(catalog)?;
    let build = build_tests(
        &catalog.root,
        ["-p", &exercise.package, "--test", &exercise.target()],
    )?;
    if !build.succeeded {
        show(&verdict::compile_errors(exercise, &build));
        note(catalog, exercise, &before, Outcome::Broken)?;
        return Ok(false);
    }
    let package = catalog.root.join(exercise.home());
    let program = find_program(&build, &package, &exercise.target())?;
    let mut run = run_tests(program, &[], limit)?;
    put_in_order(&mut run.tests, &catalog.root, &exercise.suites());
    let solved = run.passed();
    if solved {
        progress.solve(&exercise.card.id);
    }
    let warnings = build.of(&package).count();
    show(&verdict::verdict(
        catalog, &progress, exercise, &run, warnings, caller,
    ));
    let outcome = if solved {
        Outcome::Solved
    } else {
        Outcome::Failed
    };
    note(catalog, exercise, &before, outcome)?;
    Ok(solved)
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It does not compile, so the suite had no say.
    Broken,
    Failed,
    Solved,
}

/// Notes whether an exercise is solved, and by which suite; one that was solved before and fails now is
/// open again.
fn note(catalog: &Catalog, exercise: &Exercise, before: &Entry, outcome: Outcome) -> Result<()> {
    let suite = suite::fingerprint(&catalog.root, exercise);
    let passed = before.suite.as_deref();
    let solved = outcome == Outcome::Solved;
    if before.solved && !solved {
        let growth = match outcome {
            Outcome::Broken => Growth::None,
            _ => Growth::between(passed, suite.as_deref()),
        };
        show(&step("progress", growth.words()));
    }
    let is_news = before.solved != solved || (solved && passed != suite.as_deref());
    if !is_news {
        return Ok(());
    }
    Progress::change(&catalog.root, &exercise.card.id, |entry| {
        entry.solved = solved;
        if solved {
            entry.suite = suite;
        }
    })
}

/// Checks the next exercise that isn't solved, and says which one that is.
///
/// # Errors
///
/// As [`next`] and [`check`].
pub fn check_next(catalog: &Catalog, limit: Duration) -> Result<bool> {
    let exercise = next(catalog)?;
    let number = exercise.number();
    begin(&format!(
        "checking {number} (the next one; you named none) …"
    ));
    check_quietly(catalog, exercise, limit, Caller::Shell)
}

/// The next exercise that isn't solved.
///
/// # Errors
///
/// When all are solved.
pub fn next(catalog: &Catalog) -> Result<&Exercise> {
    let progress = Progress::load(&catalog.root)?;
    progress
        .next_unsolved(catalog)
        .context("all exercises are solved: say which one you mean")
}
