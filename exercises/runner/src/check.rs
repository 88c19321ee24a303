//! Builds an answer, runs its tests, and says what came of it.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::cargo::build_tests;
use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::missing;
use crate::progress::Progress;
use crate::run::{find_program, put_in_order, run_tests};
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
    let was_solved = progress.is_solved(&exercise.card.id);
    missing::restore(catalog)?;
    let build = build_tests(&catalog.root, ["-p", &exercise.package, "--test", "check"])?;
    if !build.succeeded {
        show(&verdict::compile_errors(exercise, &build));
        note(catalog, exercise, was_solved, false)?;
        return Ok(false);
    }
    let package = catalog.root.join("exercises").join(exercise.path());
    let mut run = run_tests(find_program(&build, &package)?, &[], limit)?;
    put_in_order(&mut run.tests, &package.join("tests/check/suite.rs"));
    let solved = run.passed();
    if solved {
        progress.solve(&exercise.card.id);
    }
    let warnings = build.of(&package).count();
    show(&verdict::verdict(
        catalog, &progress, exercise, &run, warnings, caller,
    ));
    note(catalog, exercise, was_solved, solved)?;
    Ok(solved)
}

/// Notes whether an exercise is solved; one that was solved before and fails now is open again.
fn note(catalog: &Catalog, exercise: &Exercise, before: bool, now: bool) -> Result<()> {
    if before == now {
        return Ok(());
    }
    if !now {
        show(&step("progress", "it was solved before; it is open again"));
    }
    Progress::change(&catalog.root, &exercise.card.id, |entry| {
        entry.solved = now;
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
