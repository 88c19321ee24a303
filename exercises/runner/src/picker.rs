//! The list in `watch`: the reader picks an exercise from it.

use std::fmt::Write;

use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::keys::Key;
use crate::progress::Progress;
use crate::screen::{self, OtherScreen};
use crate::text::{FAINT, GOOD, STRONG, height, paint, show, width};

/// What a key has led to.
pub enum Picked<'a> {
    /// Nothing yet.
    Open,
    /// The reader wants this one …
    Taken(&'a Exercise),
    /// … or goes back.
    Closed,
}

/// The list on a screen of its own, which goes with it.
pub struct Picker<'a> {
    catalog: &'a Catalog,
    progress: Progress,
    /// The index of the exercise with the mark.
    at: usize,
    _screen: OtherScreen,
}

/// Lines that are none of an exercise.
const FRAME: usize = 4;

impl<'a> Picker<'a> {
    /// Shows the list, with the mark at `here`.
    pub fn open(catalog: &'a Catalog, progress: Progress, here: &Exercise) -> Self {
        let is_here = |other: &Exercise| other.card.id == here.card.id;
        let at = catalog.exercises.iter().position(is_here).unwrap_or(0);
        let picker = Self {
            catalog,
            progress,
            at,
            _screen: OtherScreen::enter(),
        };
        picker.draw();
        picker
    }

    /// Moves the mark, or ends.
    pub fn press(&mut self, key: Key) -> Picked<'a> {
        let last = self.catalog.exercises.len().saturating_sub(1);
        match key {
            Key::Down | Key::Char('j') => self.at = last.min(self.at + 1),
            Key::Up | Key::Char('k') => self.at = self.at.saturating_sub(1),
            Key::Char('g') => self.at = 0,
            Key::Char('G') => self.at = last,
            Key::Enter => {
                let taken = self.catalog.exercises.get(self.at);
                return taken.map_or(Picked::Closed, Picked::Taken);
            }
            Key::Escape | Key::Char('l' | 'q') => return Picked::Closed,
            Key::Char(_) => return Picked::Open,
        }
        self.draw();
        Picked::Open
    }

    fn draw(&self) {
        let exercises = &self.catalog.exercises;
        let rows = height().saturating_sub(FRAME).max(1);
        let first = first_row(self.at, rows, exercises.len());
        let mut out = format!("{STRONG}Exercises{STRONG:#}\n");
        for (i, exercise) in exercises.iter().enumerate().skip(first).take(rows) {
            let is_solved = self.progress.is_solved(&exercise.card.id);
            let mark = if is_solved {
                paint(GOOD, "✓")
            } else {
                paint(FAINT, "·")
            };
            let name = format!("{}  {}", exercise.number(), exercise.card.title);
            let name: String = name.chars().take(width() - 6).collect();
            let _ = if i == self.at {
                writeln!(out, "{STRONG}›{STRONG:#} {mark} {STRONG}{name}{STRONG:#}")
            } else {
                writeln!(out, "  {mark} {name}")
            };
        }
        let is_solved = |one: &&Exercise| self.progress.is_solved(&one.card.id);
        let solved = exercises.iter().filter(is_solved).count();
        let keys = "↑ ↓ move · Enter take · Esc back";
        let _ = write!(
            out,
            "\n{}",
            paint(
                FAINT,
                &format!("{keys} · {solved} of {} solved", exercises.len())
            )
        );
        screen::clear();
        show(&out);
    }
}

/// The first of `count` exercises that is shown, if `rows` of them can be: the one `at` the mark is
/// in the middle, but no row is left empty.
fn first_row(at: usize, rows: usize, count: usize) -> usize {
    at.saturating_sub(rows / 2).min(count.saturating_sub(rows))
}

#[cfg(test)]
mod tests {
    use super::first_row;

    #[test]
    fn the_mark_is_always_among_the_rows() {
        for rows in 1..=12 {
            for count in 1..=40 {
                for at in 0..count {
                    let first = first_row(at, rows, count);
                    assert!((first..first + rows).contains(&at), "{at} of {count}");
                    assert!(first + rows <= count.max(rows), "an empty row");
                }
            }
        }
    }
}
