//! Turns of phrase that a native reader stumbles over, and that come back by themselves. It is a spelling
//! check for the style: each has its cure, and a page that needs one literally quotes it as code.

use anyhow::Result;

use crate::files;

/// What a page doesn't say, in small letters, and what it says instead.
const TELLTALES: [(&str, &str); 17] = [
    ("whoever", "a client that …, the caller"),
    ("somebody", "a peer, another process, a user"),
    ("nobody", "no client, no other thread"),
    ("everybody", "all members, every client"),
    ("by level", "level-triggered"),
    ("by edge", "edge-triggered"),
    ("can be read from", "is readable"),
    ("put into words", "formatted, serialised"),
    ("puts into words", "formats, serialises"),
    ("has come", "has arrived"),
    ("have come", "have arrived"),
    ("had come", "had arrived"),
    ("stands behind", "follows"),
    ("behind another", "after another"),
    ("right behind", "right after"),
    ("of one's own", "of your own"),
    ("means nobody", "is no longer valid"),
];

/// Those in the pages' own prose. Code, quotations (“…”) and what is generated are left alone.
pub fn found() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        if page.starts_with(files::at("book/src/generated")) {
            continue;
        }
        for (line, phrase, cure) in found_in(&files::read(&page)?) {
            let page = files::shown(&page);
            faults.push(format!("{page}:{line}: “{phrase}”: rather {cure}"));
        }
    }
    Ok(faults)
}

fn found_in(page: &str) -> Vec<(usize, &'static str, &'static str)> {
    let (mut found, mut is_code) = (Vec::new(), false);
    let mut last = String::new(); // the end of the line before: a phrase may go over two
    for (index, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            last.clear();
            continue;
        }
        if is_code {
            continue;
        }
        let prose = without_quotes(line);
        let both = format!("{last} {} ", prose.trim());
        let news = last.len();
        for (phrase, cure) in TELLTALES {
            let is_new = |at: usize| at + phrase.len() > news;
            if occurrences(&both, phrase).any(is_new) {
                found.push((index + 1, phrase, cure));
            }
        }
        last = prose
            .trim()
            .rsplit(' ')
            .take(3)
            .fold(String::new(), |rest, word| format!(" {word}{rest}"));
    }
    found
}

/// In small letters, and without what is code, quoted, a section's name, or a link's target.
fn without_quotes(line: &str) -> String {
    let (mut prose, mut until) = (String::new(), None);
    let mut before = ' ';
    for c in line.chars() {
        match until {
            Some(end) if c == end => until = None,
            Some(_) => {}
            None => match c {
                '`' => until = Some('`'),
                '“' => until = Some('”'),
                '"' => until = Some('"'),
                '{' => until = Some('}'),
                '(' if before == ']' => until = Some(')'),
                _ => prose.extend(c.to_lowercase()),
            },
        }
        before = c;
    }
    prose
}

/// Where `phrase` begins, as whole words.
fn occurrences<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let found = text.match_indices(phrase);
    found.map(|(at, _)| at).filter(move |&at| {
        let (before, after) = (&text[..at], &text[at + phrase.len()..]);
        !is_letter(before.chars().next_back()) && !is_letter(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(page: &str) -> Vec<usize> {
        let found = found_in(page);
        found.into_iter().map(|(line, ..)| line).collect()
    }

    #[test]
    fn a_phrase_is_found_in_prose_and_over_two_lines() {
        assert_eq!(
            lines("Nobody waits.\nIt is watched by\nlevel, and has come."),
            [1, 3, 3]
        );
        assert_eq!(lines("It has\ncome.\n\nIt has."), [2]);
    }

    #[test]
    fn code_and_quotations_and_longer_words_are_left_alone() {
        let page = "`nobody` “somebody else” {#whoever} [x](y.md#nobody \"has come\") levels\n```text\nwhoever\n```\nwatched by levels";
        assert!(lines(page).is_empty());
    }
}
