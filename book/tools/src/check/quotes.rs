//! Steps of timelines that a page quotes by their number. A new recording may shift them, so each
//! such link says in its title what happens there: `[step 7](#01-two-clients-7 "Nobody has accepted")`.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::files;
use crate::recording::Recording;
use crate::script;
use crate::timeline::Timeline;

/// The texts of each timeline's steps, by its name.
type Steps = BTreeMap<String, Vec<String>>;

/// Links to a step that don't say what happens there, or say what doesn't; and steps that are named
/// without a link.
pub fn misquoted() -> Result<Vec<String>> {
    let mut steps = Steps::new();
    for name in script::names()? {
        if Recording::exists(&name) {
            let timeline = Timeline::load(&name)?;
            steps.insert(name, timeline.texts());
        }
    }
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        // Of what is generated, the claims quote; the fault is in book/claims then.
        let generated = files::at("book/src/generated");
        if page.starts_with(&generated) && !page.starts_with(generated.join("claims")) {
            continue;
        }
        for (line, fault) in faults_in(&files::read(&page)?, &steps) {
            faults.push(format!("{}:{line}: {fault}", files::shown(&page)));
        }
    }
    Ok(faults)
}

/// The faults of a page, each with its line.
fn faults_in(page: &str, steps: &Steps) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    let mut unlinked = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("](") {
        let at = page[..page.len() - after.len()].lines().count();
        let (text_start, text) = before.rsplit_once('[').unwrap_or((before, ""));
        let end = match after.split_once(')') {
            Some((link, _)) if link.contains('"') => "\")", // a title may hold a bracket
            _ => ")",
        };
        let (link, following) = after.split_once(end).unwrap_or((after, ""));
        unlinked.push_str(text_start);
        match quoted(link, steps) {
            Some((name, number)) => {
                faults.extend(fault(text, link, number, &steps[name]).map(|fault| (at, fault)));
                unlinked.extend(text.matches('\n')); // the lines keep their numbers
            }
            None => unlinked.push_str(text),
        }
        unlinked.extend(link.matches('\n'));
        rest = following;
    }
    unlinked.push_str(rest);
    if page.contains("generated/timelines/") {
        let named = unlinked.lines().enumerate().filter_map(|(index, line)| {
            let number = number_after(line, "step ").or_else(|| number_after(line, "steps "))?;
            let fault = format!("step {number} is named without a link to it");
            Some((index + 1, fault))
        });
        faults.extend(named);
    }
    faults
}

/// The timeline and step that a link leads to: `#03-edge-15 "…"` is the fifteenth of `03-edge`.
fn quoted<'a>(link: &'a str, steps: &Steps) -> Option<(&'a str, usize)> {
    let target = link.split_whitespace().next()?;
    let (_, id) = target.split_once('#')?;
    let (name, number) = id.rsplit_once('-')?;
    steps.contains_key(name).then_some(())?;
    Some((name, number.parse().ok()?))
}

fn fault(text: &str, link: &str, number: usize, steps: &[String]) -> Option<String> {
    let id = link.split_whitespace().next().unwrap_or_default();
    if !text
        .split(|c: char| !c.is_ascii_digit())
        .any(|word| word == number.to_string())
    {
        return Some(format!("“{text}” leads to {id}"));
    }
    let Some(step) = number.checked_sub(1).and_then(|index| steps.get(index)) else {
        return Some(format!("{id}: this timeline has {} steps", steps.len()));
    };
    let title = link.split_once('"').map_or("", |(_, title)| title);
    let title = title.split_whitespace().collect::<Vec<_>>().join(" "); // maybe over two lines
    if title.is_empty() {
        return Some(format!(
            "say what happens there, in words of that step: ({id} \"…\"). It says: {step}"
        ));
    }
    if step.contains(&title) {
        return None;
    }
    let found = steps.iter().position(|other| other.contains(&title));
    let elsewhere = found.map_or("no step says".to_owned(), |index| {
        format!("step {} says", index + 1)
    });
    Some(format!(
        "{id}: {elsewhere} “{title}”; step {number} says: {step}"
    ))
}

fn number_after(line: &str, word: &str) -> Option<usize> {
    let line = line.to_lowercase();
    let (_, rest) = line.split_once(word)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(page: &str) -> Vec<(usize, String)> {
        let texts = [
            "main opens (a listener)",
            "Client A connects",
            "main closes",
        ];
        let steps = Steps::from([("01-a".into(), texts.map(String::from).to_vec())]);
        faults_in(
            &format!("{page}\n{{{{#include generated/timelines/01-a.md}}}}"),
            &steps,
        )
    }

    #[test]
    fn a_quote_that_says_what_its_step_says_is_fine() {
        assert_eq!(
            faults("see\n[step 2](#01-a-2 \"A\nconnects\") and [1](p.md#01-a-1 \"opens\")"),
            []
        );
    }

    #[test]
    fn a_step_that_has_moved_is_named_with_its_new_number() {
        let found = faults("see\n[step 2](#01-a-2 \"main closes\")");
        assert_eq!(found[0].0, 2);
        assert!(
            found[0].1.contains("step 3 says “main closes”"),
            "{found:?}"
        );
    }

    #[test]
    fn a_quote_without_words_or_beyond_the_end_or_with_another_number_is_a_fault() {
        for page in [
            "[step 2](#01-a-2)",
            "[step 4](#01-a-4 \"x\")",
            "[step 3](#01-a-2 \"connects\")",
        ] {
            assert_eq!(faults(page).len(), 1, "{page}");
        }
    }

    #[test]
    fn a_step_named_without_a_link_is_a_fault() {
        assert_eq!(faults("a\n[b](c.md), in step 40").len(), 1);
        assert_eq!(faults("a\n[b](c.md), in step 40")[0].0, 2);
    }

    #[test]
    fn other_links_and_steps_are_left_alone() {
        assert_eq!(
            faults("[x](y.md#z-3), [C015](#C015), a step, the next step"),
            []
        );
    }
}
