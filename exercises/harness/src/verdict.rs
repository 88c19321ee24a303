//! The text of a failing test: what was sent, what came back, what that means, where to read on.

use crate::words::wrap;

/// Columns taken by a label.
pub(crate) const INDENT: usize = 10;
/// Columns of a verdict, where its content allows.
const WIDTH: usize = 72;

/// What a failure means, and which section of the book explains it.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub(crate) means: String,
    pub(crate) section: String,
}

/// A verdict under construction: lines in the order in which they are added.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    lines: Vec<String>,
}

impl Verdict {
    /// Adds `label` and what it says on one line.
    pub(crate) fn row(&mut self, label: &str, text: &str) {
        self.lines.push(row(label, text));
    }

    /// Adds `label` and a sentence, wrapped.
    pub(crate) fn prose(&mut self, label: &str, text: &str) {
        for (index, line) in wrap(text, WIDTH - INDENT).iter().enumerate() {
            self.row(if index == 0 { label } else { "" }, line);
        }
    }

    /// Adds lines as they are.
    pub(crate) fn lines(&mut self, lines: impl IntoIterator<Item = String>) {
        self.lines.extend(lines);
    }

    /// Adds what the failure means and the section to read.
    pub(crate) fn lesson(&mut self, lesson: Option<&Lesson>) {
        if let Some(lesson) = lesson {
            self.prose("it means", &lesson.means);
            self.row("read", &format!("book: {}", lesson.section));
        }
    }

    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Ends the test with this verdict.
    #[track_caller]
    pub(crate) fn fail(self) -> ! {
        panic!("{}", self.text());
    }
}

/// `label` and what it says, aligned.
pub(crate) fn row(label: &str, text: &str) -> String {
    format!("{label:INDENT$}{text}")
}
