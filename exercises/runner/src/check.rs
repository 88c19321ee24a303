//! Builds an answer, runs its tests, and says what came of it.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::cargo::build_tests;
use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::progress::Progress;
use crate::run::{find_program, put_in_order, run_tests};
use crate::text::{FAINT, paint, show};
use crate::verdict;

/// Whether the answer to an exercise is right. Prints the verdict and notes a success.
///
/// # Errors
///
/// When cargo or the test program can't be run.
pub fn check(catalog: &Catalog, exercise: &Exercise, limit: Duration) -> Result<bool> {
    let mut progress = Progress::load(&catalog.root)?;
    let build = build_tests(&catalog.root, ["-p", &exercise.package, "--test", "check"])?;
    if !build.succeeded {
        show(&verdict::compile_errors(exercise, &build));
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
        catalog, &progress, exercise, &run, warnings,
    ));
    if solved {
        Progress::change(&catalog.root, &exercise.card.id, |entry| {
            entry.solved = true;
        })?;
    }
    Ok(solved)
}

/// Checks the next exercise that isn't solved, and says which one that is.
///
/// # Errors
///
/// As [`next`] and [`check`].
pub fn check_next(catalog: &Catalog, limit: Duration) -> Result<bool> {
    let exercise = next(catalog)?;
    let number = exercise.number();
    let which = format!("checking {number} (the next one; you named none)\n");
    show(&paint(FAINT, &which));
    check(catalog, exercise, limit)
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
