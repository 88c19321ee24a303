//! The differences of two texts, cut as a reader would cut them.

use diffy::{DiffOptions, Line};

/// Unchanged lines that stay around a change.
const CONTEXT: usize = 3;

/// A file that keeps less than one line in this many is written anew.
const KEPT_AT_LEAST: usize = 10;

/// How one file became another.
#[derive(Debug, PartialEq, Eq)]
pub enum Change<'a> {
    Same,
    /// So little is left that lines beside each other would say nothing.
    Anew,
    Parts(Vec<Part<'a>>),
}

/// Neighbouring lines with the same fate.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Kept(Vec<&'a str>),
    Removed(Vec<&'a str>),
    Added(Vec<&'a str>),
    /// This many lines that are as before, and too far from a change.
    Skipped(usize),
    /// This many lines that are removed and not shown: the file is written anew.
    Left(usize),
}

/// How `old` became `new`.
pub fn between<'a>(old: &'a str, new: &'a str) -> Change<'a> {
    if old == new {
        return Change::Same;
    }
    let mut options = DiffOptions::new();
    options.set_context_len(usize::MAX);
    let patch = options.create_patch(old, new);
    let lines = patch.hunks().iter().flat_map(diffy::Hunk::lines);
    let blocks = blocks(lines, old.lines(), new.lines());
    let kept: usize = blocks.iter().map(|block| block.kept.len()).sum();
    if kept * KEPT_AT_LEAST < new.lines().count() {
        return Change::Anew;
    }
    Change::Parts(parts(blocks))
}

/// Lines that go and come at one place, and those that stay behind them.
#[derive(Default)]
struct Block<'a> {
    removed: Vec<&'a str>,
    added: Vec<&'a str>,
    kept: Vec<&'a str>,
}

/// Joins what two changes have between them if it says nothing: a few braces and empty lines.
fn blocks<'a, 'patch>(
    script: impl Iterator<Item = &'patch Line<'patch, str>>,
    mut old: impl Iterator<Item = &'a str>,
    mut new: impl Iterator<Item = &'a str>,
) -> Vec<Block<'a>> {
    let mut blocks = vec![Block::default()];
    for step in script {
        let ends = blocks.last().is_some_and(|block| !block.kept.is_empty());
        if ends && !matches!(step, Line::Context(_)) {
            blocks.push(Block::default());
        }
        let Some(block) = blocks.last_mut() else {
            break;
        };
        match step {
            Line::Context(_) => {
                old.next();
                block.kept.extend(new.next());
            }
            Line::Delete(_) => block.removed.extend(old.next()),
            Line::Insert(_) => block.added.extend(new.next()),
        }
    }
    let last = blocks.len() - 1;
    let mut joined: Vec<Block> = Vec::new();
    for (index, mut block) in blocks.into_iter().enumerate() {
        let changes = !block.removed.is_empty() || !block.added.is_empty();
        if index < last && changes && !says_something(&block.kept) {
            block.removed.extend(&block.kept);
            block.added.append(&mut block.kept);
        }
        match joined.last_mut().filter(|before| before.kept.is_empty()) {
            Some(before) => {
                before.removed.append(&mut block.removed);
                before.added.append(&mut block.added);
                before.kept = block.kept;
            }
            None => joined.push(block),
        }
    }
    joined
}

fn says_something(lines: &[&str]) -> bool {
    let telling = lines.iter().filter(|line| {
        let letters = line.chars().filter(|c| c.is_alphanumeric()).count();
        letters > 3
    });
    telling.count() > 1
}

fn parts(blocks: Vec<Block>) -> Vec<Part> {
    let mut parts = Vec::new();
    let last = blocks.len() - 1;
    for (index, block) in blocks.into_iter().enumerate() {
        if !block.removed.is_empty() {
            parts.push(Part::Removed(block.removed));
        }
        if !block.added.is_empty() {
            parts.push(Part::Added(block.added));
        }
        let mut kept = block.kept;
        // Context behind this change, and before the next one.
        let behind = if parts.is_empty() { 0 } else { CONTEXT };
        let before = if index == last { 0 } else { CONTEXT };
        if kept.len() > behind + before + 1 {
            let tail = kept.split_off(kept.len() - before);
            let skipped = kept.len() - behind;
            kept.truncate(behind);
            if !kept.is_empty() {
                parts.push(Part::Kept(kept));
            }
            parts.push(Part::Skipped(skipped));
            kept = tail;
        }
        if !kept.is_empty() {
            parts.push(Part::Kept(kept));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_stands_between_the_lines_around_it() {
        let old = "one();\ntwo();\nthree();\nfour();\nfive();\nsix();\nold();\nseven();\n";
        let new = old.replace("old", "new");
        let expected = Change::Parts(vec![
            Part::Skipped(3),
            Part::Kept(vec!["four();", "five();", "six();"]),
            Part::Removed(vec!["old();"]),
            Part::Added(vec!["new();"]),
            Part::Kept(vec!["seven();"]),
        ]);
        assert_eq!(between(old, &new), expected);
    }

    #[test]
    fn a_brace_between_two_changes_does_not_part_them() {
        let rest = "same line 1\nsame line 2\n";
        let (old, new) = (
            format!("old 1\n}}\n\nold 2\n{rest}"),
            format!("new 1\n}}\n\nnew 2\n{rest}"),
        );
        let expected = Change::Parts(vec![
            Part::Removed(vec!["old 1", "}", "", "old 2"]),
            Part::Added(vec!["new 1", "}", "", "new 2"]),
            Part::Kept(vec!["same line 1", "same line 2"]),
        ]);
        assert_eq!(between(&old, &new), expected);
    }

    #[test]
    fn a_file_with_nothing_in_common_is_written_anew() {
        assert_eq!(between("alpha\nbeta\n", "gamma\ndelta\n"), Change::Anew);
        assert_eq!(between("alpha\n", "alpha\n"), Change::Same);
    }
}
