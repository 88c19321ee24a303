//! The words of a verdict: ✓ and ✗ per test, the first failure whole, and what to do next.

use std::env;
use std::fmt::Write;
use std::sync::LazyLock;

use anstyle::Style;

use crate::cargo::Build;
use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::failure::failure;
use crate::libtest::{Outcome, Test};
use crate::progress::Progress;
use crate::run::Run;
use crate::text::{BAD, FAINT, GOOD, STRONG, paint, width, wrap};

/// How the reader calls this program: through `just` where it is installed, else through cargo.
pub static CALL: LazyLock<&'static str> = LazyLock::new(|| {
    let path = env::var_os("PATH").unwrap_or_default();
    let has_just = env::split_paths(&path).any(|folder| folder.join("just").is_file());
    if has_just {
        "just"
    } else {
        "cargo run -q -p workbook --"
    }
});

/// Who reads a verdict, and so how to go on from there: by a command or by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Shell,
    Watch,
}

/// More tests than this don't get a line each.
const MANY: usize = 18;

/// The whole answer to `check`.
pub fn verdict(
    catalog: &Catalog,
    progress: &Progress,
    exercise: &Exercise,
    run: &Run,
    warnings: usize,
    caller: Caller,
) -> String {
    let mut out = heading(exercise);
    out += &outcome(run);
    if run.passed() {
        out += &after_success(catalog, progress, exercise, run, caller);
    } else {
        let told = first_failure(run).is_some_and(
            |test| matches!(&test.outcome, Outcome::Failed(text) if text.contains("book: ")),
        );
        out += &after_failure(progress, exercise, run, told, caller);
    }
    // The first will do: mostly one mistake shows in each of many threads.
    if let Some(panic) = run.panics().first() {
        out += &step(
            "also",
            &format!("a thread of your server panicked: {panic}"),
        );
    }
    if warnings > 0 {
        let s = if warnings == 1 { "" } else { "s" };
        let command = format!("cargo check -p {}", exercise.package);
        out += &step(
            "also",
            &format!("the compiler has {warnings} warning{s}: {command}"),
        );
    }
    out
}

/// The tests of a run with their marks, and the first failure in full.
pub fn outcome(run: &Run) -> String {
    let mut out = String::new();
    let mut tests = &run.tests[..];
    while let Some(first) = tests.first() {
        // Of many tests, those that are alike and come out alike take one line.
        let is_alike = |test: &&Test| {
            run.tests.len() > MANY
                && test.part().is_some()
                && test.part() == first.part()
                && mark(test) == mark(first)
        };
        let alike = tests.iter().take_while(is_alike).count().max(1);
        let sentence = match (alike, first.part()) {
            (2.., Some(part)) => format!("{}: {alike} tests", part.replace('_', " ")),
            _ => first.sentence(),
        };
        let (style, mark) = mark(first);
        out += &wrap("  M ", &sentence, width()).replacen('M', &paint(style, mark), 1);
        tests = &tests[alike..];
    }
    if let Some(test) = first_failure(run) {
        let _ = write!(out, "\n  {STRONG}{}{STRONG:#}\n\n", test.sentence());
        if let Outcome::Failed(text) = &test.outcome {
            out += &failure(text, width());
        }
    }
    if let Some(why) = &run.abnormal {
        out += &abnormal(run, why);
    }
    out
}

/// How a test came out.
fn mark(test: &Test) -> (Style, &'static str) {
    match test.outcome {
        Outcome::Passed => (GOOD, "✓"),
        Outcome::Failed(_) => (BAD, "✗"),
        Outcome::Unfinished => (BAD, "?"),
    }
}

/// What the compiler says, and no more.
pub fn compile_errors(exercise: &Exercise, build: &Build) -> String {
    let errors = build
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error);
    let mut out: String = errors.map(|error| error.rendered.as_str()).collect();
    out += &heading(exercise);
    out += "  It does not compile yet. Begin with the first error above.\n\n";
    out += &step("edit", &exercise.file().display().to_string());
    out
}

fn heading(exercise: &Exercise) -> String {
    format!(
        "\n{STRONG}{}  {}{STRONG:#}\n\n",
        exercise.number(),
        exercise.card.title
    )
}

fn first_failure(run: &Run) -> Option<&Test> {
    let failed = run
        .tests
        .iter()
        .find(|test| matches!(test.outcome, Outcome::Failed(_)));
    failed.or_else(|| run.tests.iter().find(|test| !test.passed()))
}

fn after_success(
    catalog: &Catalog,
    progress: &Progress,
    exercise: &Exercise,
    run: &Run,
    caller: Caller,
) -> String {
    let tests = run.tests.len();
    let mut out = format!("\n  {GOOD}Solved.{GOOD:#} All {tests} tests pass.\n\n");
    out += &step("compare", &exercise.solution_words());
    match progress.next_behind(catalog, exercise) {
        Some(next) => {
            out += &step("next", &format!("{}  {}", next.number(), next.card.title));
            out += &step("read", &format!("book: {}", next.card.section));
            out += &step("edit", &next.file().display().to_string());
            out += &match caller {
                Caller::Shell => step("check", &format!("{} check {}", *CALL, next.number())),
                Caller::Watch => step("go there", "press n"),
            };
        }
        None => out += &step("next", "that was the last one: every exercise is solved"),
    }
    out
}

fn after_failure(
    progress: &Progress,
    exercise: &Exercise,
    run: &Run,
    told_what_to_read: bool,
    caller: Caller,
) -> String {
    let passed = run.tests.iter().filter(|test| test.passed()).count();
    let mut out = format!("\n  {passed} of {} tests pass.\n\n", run.tests.len());
    out += &step("edit", &exercise.file().display().to_string());
    if !told_what_to_read {
        out += &step("read", &format!("book: {}", exercise.card.section));
    }
    let level = progress.entry(&exercise.card.id).hints;
    let all = exercise.card.hints.len();
    if level < all {
        let how = match caller {
            Caller::Shell => format!("{} hint {}", *CALL, exercise.number()),
            Caller::Watch => "press h".to_owned(),
        };
        out += &step("hint", &format!("{how}  ({} of {all})", level + 1));
    } else {
        out += &step("stuck", &exercise.solution_words());
    }
    out
}

fn abnormal(run: &Run, why: &str) -> String {
    let mut out = wrap(
        "  ",
        &format!("{why}. Tests marked ? have not ended."),
        width(),
    );
    let words = run
        .output
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("test "));
    for line in words.collect::<Vec<_>>().iter().rev().take(12).rev() {
        let _ = writeln!(out, "    {line}");
    }
    out
}

/// One line of what to do next.
pub fn step(label: &str, text: &str) -> String {
    let first = format!("  {label:<9} ");
    wrap(&first, text, width()).replacen(label, &paint(FAINT, label), 1)
}
