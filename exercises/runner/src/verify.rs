//! `verify`: shows that the exercises, and the tests of the chapters, are what they claim to be.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::catalog::Catalog;
use crate::job::{self, Kind};
use crate::lanes::Lanes;
use crate::packages::Packages;
use crate::round::{Done, Machine, Round};
use crate::scratch::{Files, Scratch};
use crate::share::{lock, share};
use crate::text::{BAD, FAINT, GOOD, paint, show, show_on_stderr};

/// Verifies everything, or the exercise or chapter that `name` means, each test program `times`
/// times. True if all is as declared.
///
/// # Errors
///
/// When a declaration is wrong, or cargo can't be run.
pub fn verify(catalog: &Catalog, name: Option<&str>, times: u32) -> Result<bool> {
    let began = Instant::now();
    let mut jobs = job::all(catalog)?;
    if let Some(name) = name {
        jobs = job::of(catalog, jobs, name)?;
    }
    let count = jobs.len();
    show_on_stderr(&paint(FAINT, &format!("preparing: {count} to verify …\n")));
    let scratch = Scratch::open(catalog)?;
    let first = scratch.tree(1);
    first.lay(&Files::new())?;
    let packages = &Packages::read(&first.root)?;
    let machine = &Machine::new();
    let round = |tree| Round {
        machine,
        tree,
        packages,
        times,
    };
    let is_new = round(&first).prepare(&jobs)?;
    let lanes = Lanes::new(packages, jobs);
    let count = lanes.rounds();
    let trees = scratch.trees(count, is_new)?;
    let (lanes, results) = (Mutex::new(lanes), Mutex::new(Vec::new()));
    share(&trees, 1..=count, |&tree, i| {
        let Some(jobs) = lock(&lanes).next(tree.number) else {
            return Ok(());
        };
        show(&paint(
            FAINT,
            &format!("round {i} of {count}: {} to verify\n", jobs.len()),
        ));
        let done = round(tree).carry_out(jobs)?;
        lock(&results).extend(done);
        Ok(())
    })?;
    let results = lock(&results);
    show(&summary(&results));
    let failed = results.iter().filter(|done| !done.is_as_declared).count();
    let seconds = began.elapsed().as_secs();
    show(&format!(
        "\nverified in {seconds} s\n{} passed, {failed} failed\n",
        results.len() - failed
    ));
    Ok(failed == 0)
}

/// A row per exercise and per chapter with mutants.
fn summary(results: &[Done]) -> String {
    let mut rows: Vec<&str> = results.iter().map(|done| done.job.row()).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut out = format!(
        "\n{FAINT}{:16}{:>8}{:>10}{:>10}{:>10}{FAINT:#}\n",
        "", "shipped", "solution", "wrong", "mutants"
    );
    for row in rows {
        let _ = write!(out, "{row:16}");
        for (kind, width) in [
            (Kind::Shipped, 8),
            (Kind::Solution, 10),
            (Kind::Wrong, 10),
            (Kind::Mutant, 10),
        ] {
            let cell: Vec<_> = results
                .iter()
                .filter(|done| done.job.row() == row && done.job.kind == kind)
                .collect();
            let good = cell.iter().filter(|done| done.is_as_declared).count();
            let text = if cell.is_empty() {
                String::new()
            } else {
                format!("{good} of {}", cell.len())
            };
            let style = if good == cell.len() { GOOD } else { BAD };
            let _ = write!(out, "{style}{text:>width$}{style:#}");
        }
        out.push('\n');
    }
    out
}

/// Whether each exercise's file is the one that is to be handed out. True if all are.
///
/// # Errors
///
/// When a file can't be read.
pub fn verify_shipped(catalog: &Catalog) -> Result<bool> {
    let read = |path: &Path| {
        fs::read(catalog.root.join(path))
            .with_context(|| format!("{} can't be read", path.display()))
    };
    let mut good = 0;
    let mut out = String::new();
    for exercise in &catalog.exercises {
        let (file, shipped) = (exercise.file(), exercise.shipped());
        if read(&file)? == read(&shipped)? {
            good += 1;
        } else {
            let _ = writeln!(
                out,
                "{BAD}✗{BAD:#} {} is not {}",
                file.display(),
                shipped.display()
            );
        }
    }
    let failed = catalog.exercises.len() - good;
    let _ = writeln!(out, "{good} passed, {failed} failed");
    show(&out);
    Ok(failed == 0)
}
