//! The words of a verdict: ✓ and ✗ per test, the first failure whole, and what to do next.

use std::env;
use std::fmt::Write;
use std::sync::LazyLock;

use anstyle::Style;

use crate::cargo::Build;
use crate::catalog::{Catalog, Exercise};
use crate::libtest::{Outcome, Test};
use crate::progress::Progress;
use crate::run::Run;
use crate::text::{BAD, FAINT, GOOD, NOTE, STRONG, paint, width, wrap};

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

/// A failure stands this far to the right of its test's name.
const INDENT: usize = 4;

/// The whole answer to `check`.
pub fn verdict(
    catalog: &Catalog,
    progress: &Progress,
    exercise: &Exercise,
    run: &Run,
    warnings: usize,
) -> String {
    let mut out = heading(exercise);
    out += &outcome(run);
    if run.passed() {
        out += &after_success(catalog, progress, exercise, run);
    } else {
        let told = first_failure(run).is_some_and(
            |test| matches!(&test.outcome, Outcome::Failed(text) if text.contains("book: ")),
        );
        out += &after_failure(progress, exercise, run, told);
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
    for test in &run.tests {
        let (style, mark) = match test.outcome {
            Outcome::Passed => (GOOD, "✓"),
            Outcome::Failed(_) => (BAD, "✗"),
            Outcome::Unfinished => (BAD, "?"),
        };
        out += &wrap("  M ", &test.sentence(), width()).replacen('M', &paint(style, mark), 1);
    }
    if let Some(test) = first_failure(run) {
        let _ = write!(out, "\n  {STRONG}{}{STRONG:#}\n\n", test.sentence());
        if let Outcome::Failed(text) = &test.outcome {
            out += &failure(text, width() - INDENT);
        }
    }
    if let Some(why) = &run.abnormal {
        out += &abnormal(run, why);
    }
    out
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

fn after_success(catalog: &Catalog, progress: &Progress, exercise: &Exercise, run: &Run) -> String {
    let tests = run.tests.len();
    let mut out = format!("\n  {GOOD}Solved.{GOOD:#} All {tests} tests pass.\n\n");
    out += &step(
        "compare",
        &format!("{} solution {}", *CALL, exercise.number()),
    );
    match progress.next_behind(catalog, exercise) {
        Some(next) => {
            out += &step("next", &format!("{}  {}", next.number(), next.card.title));
            out += &step("read", &format!("book: {}", next.card.section));
            out += &step("edit", &next.file().display().to_string());
            out += &step("check", &format!("{} check {}", *CALL, next.number()));
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
        out += &step(
            "hint",
            &format!(
                "{} hint {}  ({} of {all})",
                *CALL,
                exercise.number(),
                level + 1
            ),
        );
    } else {
        out += &step(
            "stuck",
            &format!("{} solution {}", *CALL, exercise.number()),
        );
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

/// A failure's text, indented: prose is wrapped at `width`, what must stay aligned stays as it is.
fn failure(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in joined(text) {
        let (head, rest) = line.split_at(hanging(&line));
        let shown = if is_aligned(&line) || line.chars().count() <= width {
            line.clone() + "\n"
        } else {
            wrap(head, rest, width)
        };
        for (i, line) in shown.lines().enumerate() {
            let line = if i == 0 {
                colour(line)
            } else {
                line.to_owned()
            };
            let _ = writeln!(out, "{}", format!("{:INDENT$}{line}", "").trim_end());
        }
    }
    out
}

/// The lines of a verdict, its sentences joined to one line each: they come wrapped for one width.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_prose = false;
    for line in text.lines() {
        let goes_on = line.starts_with("          ") && !is_mark(line);
        match lines.last_mut() {
            Some(last) if in_prose && goes_on => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => {
                in_prose = ["it means  ", "so  "]
                    .iter()
                    .any(|label| line.starts_with(label));
                lines.push(line.to_owned());
            }
        }
    }
    lines
}

/// Bytes on the wire and the mark below them.
fn is_aligned(line: &str) -> bool {
    ["sent ", "expected ", "received "]
        .iter()
        .any(|label| line.starts_with(label))
        || is_mark(line)
}

fn is_mark(line: &str) -> bool {
    line.trim_start().starts_with('^')
}

/// Where the text of a line begins, behind its label or its indentation, in bytes.
fn hanging(line: &str) -> usize {
    let start = line.len() - line.trim_start().len();
    let Some(gap) = line[start..].find("  ") else {
        return start;
    };
    let text = line[start + gap..].trim_start();
    if text.is_empty() || gap > 20 {
        start
    } else {
        line.len() - text.len()
    }
}

fn colour(line: &str) -> String {
    if is_mark(line) {
        return paint(NOTE, line);
    }
    for (label, style) in LABELS {
        if let Some(rest) = line
            .strip_prefix(label)
            .filter(|rest| rest.starts_with("  "))
        {
            return paint(*style, label) + rest;
        }
    }
    line.to_owned()
}

const LABELS: &[(&str, Style)] = &[
    ("sent", FAINT),
    ("expected", GOOD),
    ("received", BAD),
    ("it means", STRONG),
    ("so", STRONG),
    ("read", FAINT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_below_its_label() {
        let text = "it means  the loop never comes back to accept";
        assert_eq!(
            anstream::adapter::strip_str(&failure(text, 30)).to_string(),
            "    it means  the loop never comes\n              back to accept\n"
        );
    }

    #[test]
    fn prose_that_comes_wrapped_is_wrapped_anew() {
        let text = "it means  one two three four five\n          six seven\nread      book: a.html";
        let shown = anstream::adapter::strip_str(&failure(text, 30)).to_string();
        assert_eq!(
            shown,
            "    it means  one two three four\n              five six seven\n    read      book: a.html\n"
        );
    }

    #[test]
    fn bytes_and_their_mark_stay_aligned() {
        let text =
            "received  \"a very long line of bytes\"\n                 ^ byte 4: expected 6f";
        let shown = anstream::adapter::strip_str(&failure(text, 20)).to_string();
        let aligned: Vec<_> = shown
            .lines()
            .map(|line| line.strip_prefix("    ").unwrap_or(line))
            .collect();
        assert_eq!(aligned.join("\n"), text);
    }
}
