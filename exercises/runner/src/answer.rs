//! The reader's file: beside the solution, or back to how it was handed out.

use std::fs;
use std::io::{self, IsTerminal};

use anyhow::{Context, Result, bail};

use crate::catalog::Catalog;
use crate::diff::diff;
use crate::exercise::Exercise;
use crate::progress::{Progress, free_name, replace};
use crate::stage::{FOLDER, TRACK};
use crate::text::{STRONG, prose, show, width};
use crate::verdict::{CALL, step};

/// Whether to ask before something that can't be unseen or undone at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    First,
    Never,
}

/// Shows what turns the reader's answer into the solution. True if it was shown.
///
/// # Errors
///
/// When a file can't be read.
pub fn solution(catalog: &Catalog, exercise: &Exercise, ask: Ask) -> Result<bool> {
    let number = exercise.number();
    if exercise.stage.is_some() {
        show(&step("solution", &exercise.solution_words()));
        return Ok(true);
    }
    if ask == Ask::First && !agrees(&format!("Show the solution of {number}?")) {
        show("Not shown.\n");
        return Ok(false);
    }
    let file = exercise.solution().join("src/lib.rs");
    let read = |path| {
        fs::read_to_string(catalog.root.join(path))
            .with_context(|| format!("{number}: a file can't be read"))
    };
    let (mine, solution) = (read(exercise.file())?, read(file.clone())?);
    let (_, mine) = split_off_doc(&mine);
    let (doc, solution) = split_off_doc(&solution);

    let mut out = format!(
        "\n{STRONG}{number}  {}: the solution{STRONG:#}\n\n",
        exercise.card.title
    );
    out += &prose("  ", &doc, width());
    out.push('\n');
    if mine == solution {
        out += "  Your code is the solution, letter for letter.\n";
    } else {
        let all = mine.lines().count() + solution.lines().count();
        out += &diff(mine, solution, all);
    }
    out.push('\n');
    out += &step("-", &format!("in {}", exercise.file().display()));
    out += &step("+", &format!("in {}", file.display()));
    show(&out);
    Ok(true)
}

/// A file's opening `//!` lines without their marks, and the code below: the task stands in the one
/// file, the reasons in the other, and only the code is worth comparing.
fn split_off_doc(text: &str) -> (String, &str) {
    let is_doc = |line: &&str| line.starts_with("//!");
    let doc: Vec<&str> = text.lines().take_while(is_doc).collect();
    let length: usize = text
        .split_inclusive('\n')
        .take_while(is_doc)
        .map(str::len)
        .sum();
    let doc = doc
        .iter()
        .map(|line| line.trim_start_matches("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    (doc, text[length..].trim_start_matches('\n'))
}

/// Puts the file back as it was handed out, and keeps the reader's beside it. True if that was
/// done.
///
/// # Errors
///
/// When a file can't be read or written; the reader's answer is then still there.
pub fn reset(catalog: &Catalog, exercise: &Exercise, ask: Ask) -> Result<bool> {
    if exercise.stage.is_some() {
        bail!(
            "the stages share one crate, {FOLDER}: `{} reset {TRACK}` starts all of it anew, and keeps yours",
            *CALL
        );
    }
    let file = catalog.root.join(exercise.file());
    let shipped = exercise.shipped();
    let shipped = fs::read_to_string(catalog.root.join(&shipped))
        .with_context(|| format!("{} can't be read", shipped.display()))?;
    let number = exercise.number();
    if fs::read_to_string(&file).is_ok_and(|mine| mine == shipped) {
        begin_anew(catalog, exercise)?;
        show(&format!(
            "{number} is as it was handed out: nothing to do.\n"
        ));
        return Ok(true);
    }
    if ask == Ask::First && !agrees(&format!("Start {number} anew? Your answer is kept aside.")) {
        show("Nothing was changed.\n");
        return Ok(false);
    }
    let mut out = String::new();
    if file.exists() {
        let folder = file.parent().context("the exercise has no folder")?;
        let (kept, name) = free_name(folder, |n| format!("lib.kept-{n}.rs"));
        fs::copy(&file, &kept)
            .with_context(|| format!("your answer can't be kept as {}", kept.display()))?;
        out += &step(
            "kept",
            &format!(
                "your answer, as {}",
                exercise.file().with_file_name(name).display()
            ),
        );
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?; // it may be gone, too
    }
    replace(&file, &shipped).with_context(|| format!("{} can't be written", file.display()))?;
    begin_anew(catalog, exercise)?;
    out += &step("reset", &exercise.file().display().to_string());
    out += &step("check", &format!("{} check {number}", *CALL));
    show(&out);
    Ok(true)
}

/// Neither solved nor any hint given.
pub fn begin_anew(catalog: &Catalog, exercise: &Exercise) -> Result<()> {
    let id = &exercise.card.id;
    let entry = Progress::load(&catalog.root)?.entry(id);
    if !entry.solved && entry.hints == 0 {
        return Ok(());
    }
    Progress::change(&catalog.root, id, |entry| {
        entry.solved = false;
        entry.hints = 0;
    })
}

/// Asks, and takes anything but a yes for a no. Where nobody can answer, the answer is no.
pub fn agrees(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        show(&format!("{question} Say so with --yes.\n"));
        return false;
    }
    show(&format!("{question} [y/N] "));
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_begins_below_the_module_doc() {
        let (doc, code) = split_off_doc("//! # Task\n//!\n//! Do it.\n\nuse std::io;\n");
        assert_eq!((doc.as_str(), code), ("# Task\n\nDo it.", "use std::io;\n"));
    }

    #[test]
    fn a_file_without_doc_is_all_code() {
        assert_eq!(split_off_doc("fn f() {}\n"), (String::new(), "fn f() {}\n"));
    }
}
