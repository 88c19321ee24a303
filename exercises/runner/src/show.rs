//! The commands that only show something: the list, the next exercise, the progress, a hint.

use std::fmt::Write;

use anyhow::Result;

use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::progress::Progress;
use crate::stage::{FOLDER, TRACK};
use crate::text::{FAINT, GOOD, STRONG, paint, prose, show, width, wrap};
use crate::verdict::{CALL, step};

/// Columns for a title: what sixty columns leave.
const TITLE: usize = 26;

/// The exercises by chapter, with what is solved.
pub fn list(exercises: &[&Exercise], progress: &Progress) {
    let mut out = String::new();
    for chapter in chapters(exercises) {
        let _ = writeln!(out, "\n{STRONG}{}{STRONG:#}", heading(chapter[0]));
        let wide = chapter[0].number().len().max(5);
        let columns = TITLE + 5 - wide;
        for exercise in chapter {
            let mark = if progress.is_solved(&exercise.card.id) {
                paint(GOOD, "✓")
            } else {
                paint(FAINT, "·")
            };
            let number = exercise.number();
            let card = &exercise.card;
            let title = wrap("", &card.title, columns);
            let mut title = title.lines();
            let begins = title.next().unwrap_or_default();
            let (kind, stars, minutes) = (card.kind.words(), stars(card.stars), card.minutes);
            let _ = writeln!(
                out,
                "  {mark} {number:wide$} {begins:columns$} {kind:13}{stars}{minutes:3} min"
            );
            for goes_on in title {
                let _ = writeln!(out, "     {:wide$}{goes_on}", "");
            }
        }
    }
    let _ = write!(out, "\n{}\n\n", summary(exercises, progress));
    out += &step("next", &format!("{} next", *CALL));
    show(&out);
}

/// The next of these exercises, and all that is needed to begin.
pub fn next(exercises: &[&Exercise], progress: &Progress) {
    let is_open = |exercise: &&&Exercise| !progress.is_solved(&exercise.card.id);
    let Some(exercise) = exercises.iter().find(is_open) else {
        let which = match (exercises.first(), exercises.last()) {
            (Some(one), _) if one.stage.is_some() => {
                "Every stage of your server is done. ".to_owned()
            }
            (Some(one), Some(other)) if one.chapter == other.chapter => {
                format!("Every exercise of {} is solved. ", one.chapter)
            }
            _ => "Every exercise is solved. ".to_owned(),
        };
        show(&(which + "Nothing is left but to read the solutions.\n"));
        return;
    };
    let card = &exercise.card;
    let mut out = format!(
        "\n{STRONG}{}  {}{STRONG:#}\n\n",
        exercise.number(),
        card.title
    );
    let _ = writeln!(
        out,
        "  {}, {} about {}\n",
        card.kind.words(),
        stars(card.stars),
        time(card.minutes)
    );
    out += &step("read", &format!("book: {}", card.section));
    let file = exercise.file();
    let hint = match &exercise.stage {
        Some(_) => "and files of your own beside it",
        None => "the task is at its top",
    };
    out += &step("edit", &format!("{} ({hint})", file.display()));
    out += &step("check", &format!("{} check {}", *CALL, exercise.number()));
    if exercise.stage.is_none() {
        out += &beside(exercises, progress);
    }
    show(&out);
}

/// That there is a server of the reader's own, too, where a stage of it is left.
fn beside(exercises: &[&Exercise], progress: &Progress) -> String {
    let mut stages = exercises.iter().filter(|one| one.stage.is_some());
    let open = stages.find(|stage| !progress.is_solved(&stage.card.id));
    open.map_or_else(String::new, |stage| {
        let (number, title) = (stage.number(), &stage.card.title);
        step(
            "or build",
            &format!(
                "your own server: {} next {TRACK}  ({number}  {title})",
                *CALL
            ),
        )
    })
}

/// What stands above the exercises of a chapter, or above the stages.
fn heading(one: &Exercise) -> String {
    match &one.stage {
        Some(_) => format!("{TRACK}: your own server, {FOLDER}"),
        None => one.chapter.clone(),
    }
}

/// `20 minutes`, `4 hours`
fn time(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours @ 2.., 0) => format!("{hours} hours"),
        _ => format!("{minutes} minutes"),
    }
}

/// A bar per chapter.
pub fn progress(exercises: &[&Exercise], progress: &Progress) {
    let mut out = String::new();
    for chapter in chapters(exercises) {
        let solved = count_solved(chapter, progress);
        let all = chapter.len();
        let (done, open) = ("█".repeat(solved * 4), "░".repeat((all - solved) * 4));
        let _ = writeln!(
            out,
            "  {:16}{GOOD}{done}{GOOD:#}{FAINT}{open}{FAINT:#}  {solved}/{all}",
            chapter[0].chapter
        );
    }
    let _ = writeln!(out, "\n  {}", summary(exercises, progress));
    show(&out);
}

/// The next of the three hints; after the third, all of them again.
///
/// # Errors
///
/// When the progress can't be written.
pub fn hint(catalog: &Catalog, exercise: &Exercise) -> Result<()> {
    let hints = &exercise.card.hints;
    let given = Progress::load(&catalog.root)?
        .entry(&exercise.card.id)
        .hints
        .min(hints.len());
    let number = exercise.number();
    let mut out = String::new();
    if let Some(hint) = hints.get(given) {
        Progress::change(&catalog.root, &exercise.card.id, |entry| {
            entry.hints = given + 1;
        })?;
        out += &paragraphs(
            &format!("{number}, hint {} of {}", given + 1, hints.len()),
            hint,
        );
        if given + 1 < hints.len() {
            out += &step("more", &format!("{} hint {number}", *CALL));
        } else {
            out += &step("or see", &exercise.solution_words());
        }
    } else {
        for (i, hint) in hints.iter().enumerate() {
            out += &paragraphs(
                &format!("{number}, hint {} of {}", i + 1, hints.len()),
                hint,
            );
        }
        out += &step("or see", &exercise.solution_words());
    }
    show(&out);
    Ok(())
}

fn paragraphs(title: &str, text: &str) -> String {
    let text = prose("  ", text, width());
    format!("\n{STRONG}{title}{STRONG:#}\n\n{text}\n")
}

fn summary(exercises: &[&Exercise], progress: &Progress) -> String {
    let (stages, others): (Vec<&Exercise>, Vec<_>) =
        exercises.iter().partition(|one| one.stage.is_some());
    let count = |some: &[&Exercise]| (count_solved(some, progress), some.len());
    let ((solved, all), (done, stages)) = (count(&others), count(&stages));
    match (all, stages) {
        (_, 0) => format!("{solved} of {all} solved"),
        (0, _) => format!("{done} of {stages} stages done"),
        _ => format!("{solved} of {all} solved; of your own server, {done} of {stages} stages"),
    }
}

fn count_solved(exercises: &[&Exercise], progress: &Progress) -> usize {
    exercises
        .iter()
        .filter(|exercise| progress.is_solved(&exercise.card.id))
        .count()
}

fn chapters<'a>(exercises: &'a [&'a Exercise]) -> impl Iterator<Item = &'a [&'a Exercise]> {
    exercises.chunk_by(|a, b| a.chapter == b.chapter)
}

fn stars(count: u8) -> String {
    let full = usize::from(count.min(3));
    "★".repeat(full) + &"☆".repeat(3 - full)
}
