//! The tables of a declaring file, each read by itself: a mistake in one hides none in another.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::Problems;

/// The tables `[[key]]` of the file at `path` below `root`, with their names; none where there is no
/// such file. What is wrong is noted.
pub fn read<T: DeserializeOwned>(
    root: &Path,
    path: &Path,
    key: &str,
    problems: &mut Problems,
) -> Vec<(String, T)> {
    let text = match fs::read_to_string(root.join(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.note_file(path, format!("it can't be read: {error}"));
            return Vec::new();
        }
    };
    let table: Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            let what = error.message();
            problems.note_file(path, format!("it is no TOML, see line {line}: {what}"));
            return Vec::new();
        }
    };
    let mut entries = Vec::new();
    let mut names = BTreeSet::new();
    for (found, value) in table {
        let Some(values) = value.as_array().filter(|_| found == key) else {
            problems.note_file(
                path,
                format!("it may hold [[{key}]] only; `{found}` is none"),
            );
            continue;
        };
        for (i, value) in values.iter().enumerate() {
            let name = match value.get("name").and_then(Value::as_str) {
                Some(name) if !name.trim().is_empty() => name.to_owned(),
                _ => {
                    let which = format!("[[{key}]] {}", i + 1);
                    problems.note(path, &which, "it has no name; give it one as `name`");
                    continue;
                }
            };
            match value.clone().try_into() {
                Ok(entry) if names.insert(name.clone()) => entries.push((name, entry)),
                Ok(_) => problems.note(path, &name, "its name is taken; give it another"),
                Err(error) => problems.note(path, &name, one_line(&error.to_string())),
            }
        }
    }
    entries
}

/// An error of serde's: it names the key, and those that may be there.
fn one_line(error: &str) -> String {
    error.split_whitespace().collect::<Vec<_>>().join(" ")
}
