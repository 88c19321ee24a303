//! Edits: a text that occurs once in a file, and what replaces it.

use std::ops::Range;

use serde::Deserialize;

/// One place that changes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub find: String,
    pub replace: String,
}

/// The edits of an entry: one may be written in the entry itself, several are tables of their own.
///
/// # Errors
///
/// What is missing, or there twice.
pub fn collect(
    find: Option<String>,
    replace: Option<String>,
    several: Vec<Edit>,
) -> Result<Vec<Edit>, String> {
    match (find, replace) {
        (Some(find), Some(replace)) if several.is_empty() => Ok(vec![Edit { find, replace }]),
        (None, None) => Ok(several),
        (Some(_), Some(_)) => Err("it has edits, and `find` and `replace` beside them; \
                                   make those an edit, too"
            .to_owned()),
        (Some(_), None) => {
            Err("`replace` is missing; give it, or '' if nothing replaces the text".to_owned())
        }
        (None, Some(_)) => Err("`find` is missing; give the text that is replaced".to_owned()),
    }
}

/// `original` with all `edits` made, each in the original text. `file` is its name, for messages.
///
/// # Errors
///
/// All that is wrong, each with what to do.
pub fn apply(file: &str, original: &str, edits: &[Edit]) -> Result<String, Vec<String>> {
    let mut problems = Vec::new();
    let mut places = Vec::new();
    for edit in edits {
        match place(file, original, edit) {
            Ok(range) => places.push((range, edit)),
            Err(problem) => problems.push(problem),
        }
    }
    places.sort_by_key(|(range, _)| range.start);
    for pair in places.windows(2) {
        let ((one, first), (other, second)) = (&pair[0], &pair[1]);
        if other.start < one.end {
            problems.push(format!(
                "{} and {} overlap in {file}, line {}; make one edit of them",
                quote(&first.find),
                quote(&second.find),
                line(original, other.start)
            ));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (mut text, mut end) = (String::new(), 0);
    for (range, edit) in places {
        text += &original[end..range.start];
        text += &edit.replace;
        end = range.end;
    }
    text += &original[end..];
    if text == original {
        return Err(vec![format!(
            "it changes nothing in {file}; say what to `find`, and what to `replace` it with"
        )]);
    }
    Ok(text)
}

/// Where the one text is that an edit replaces.
fn place(file: &str, original: &str, edit: &Edit) -> Result<Range<usize>, String> {
    let Edit { find, replace } = edit;
    if find.is_empty() {
        return Err("`find` is empty; give the text that is replaced".to_owned());
    }
    if find == replace {
        let find = quote(find);
        return Err(format!("{find} is replaced by itself; change or remove it"));
    }
    match starts(original, find).as_slice() {
        [start] => Ok(*start..start + find.len()),
        [] => Err(format!(
            "{} is not in {file}; `find` what is there now",
            quote(find)
        )),
        several => {
            let lines: Vec<_> = several
                .iter()
                .map(|&start| line(original, start).to_string())
                .collect();
            Err(format!(
                "{} is in {file} {} times, in lines {}; `find` more of its surroundings",
                quote(find),
                several.len(),
                lines.join(", ")
            ))
        }
    }
}

/// Where `part` begins in `text`. Occurrences may overlap: `aa` is twice in `aaa`.
fn starts(text: &str, part: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(place) = text.get(from..).and_then(|rest| rest.find(part)) {
        let start = from + place;
        found.push(start);
        from = start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
    found
}

/// The number of the line that this byte of `text` is in.
fn line(text: &str, place: usize) -> usize {
    1 + text[..place].matches('\n').count()
}

/// The first line that says something, for a message.
fn quote(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { " …" } else { "" };
    format!("`{first}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(find: &str, replace: &str) -> Edit {
        Edit {
            find: find.to_owned(),
            replace: replace.to_owned(),
        }
    }

    /// What is wrong with these edits to a file of four lines.
    fn refused(edits: &[Edit]) -> Vec<String> {
        apply("lib.rs", "one\ntwo\naaa\ntwo\n", edits).expect_err("it is refused")
    }

    #[test]
    fn every_edit_is_made_in_the_original_text() {
        let edits = [edit("two\n", "one\n"), edit("one\n", "two\n")];
        assert_eq!(
            apply("lib.rs", "one\ntwo\n", &edits),
            Ok("two\none\n".to_owned())
        );
    }

    #[test]
    fn a_text_that_is_not_there_is_named() {
        let said = refused(&[edit("\n  three\nfour", "")]);
        assert_eq!(
            said,
            ["`three …` is not in lib.rs; `find` what is there now"]
        );
    }

    #[test]
    fn a_text_that_is_there_twice_is_named_with_its_lines() {
        let said = refused(&[edit("two", "")]);
        assert_eq!(
            said,
            ["`two` is in lib.rs 2 times, in lines 2, 4; `find` more of its surroundings"]
        );
    }

    #[test]
    fn a_text_that_overlaps_itself_is_there_twice() {
        assert!(refused(&[edit("aa", "b")])[0].contains("2 times, in lines 3, 3"));
    }

    #[test]
    fn edits_that_overlap_are_named() {
        let said = refused(&[edit("aaa\ntwo", ""), edit("one\ntwo\naa", "")]);
        assert_eq!(
            said,
            ["`one …` and `aaa …` overlap in lib.rs, line 3; make one edit of them"]
        );
    }

    #[test]
    fn edits_that_meet_do_not_overlap() {
        let edits = [edit("one\n", ""), edit("two", "2")];
        assert_eq!(apply("lib.rs", "one\ntwo\n", &edits), Ok("2\n".to_owned()));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_named() {
        let said = refused(&[edit("one", "one"), edit("aaa", "b")]);
        assert_eq!(said, ["`one` is replaced by itself; change or remove it"]);
    }

    #[test]
    fn edits_that_change_nothing_together_are_named() {
        let moved = [edit("ab", ""), edit("cd", "abcd")];
        for edits in [&[], &moved[..]] {
            let said = apply("lib.rs", "abcd", edits).expect_err("it is refused");
            assert!(said[0].contains("changes nothing in lib.rs"), "{said:?}");
        }
    }

    #[test]
    fn an_empty_text_is_no_place() {
        assert!(refused(&[edit("", "b")])[0].contains("`find` is empty"));
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        assert_eq!(refused(&[edit("three", ""), edit("two", "")]).len(), 2);
    }
}
