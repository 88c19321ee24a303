//! A test that can't run here says `SKIPPED name: reason`, and ends.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::files;

/// The tests that may be skipped where `CI` is `true`, one a line; `#` begins a remark.
pub const ALLOWED: &str = ".ci/skips";

/// A test that was skipped, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Skip {
    pub name: String,
    pub reason: String,
}

/// Every skip that the output of a test program tells of.
pub fn find(output: &str) -> Vec<Skip> {
    let told = output
        .lines()
        .filter_map(|line| line.split_once("SKIPPED "));
    let skips = told.filter_map(|(_, skip)| {
        let (name, reason) = skip.split_once(": ")?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then(|| Skip {
            name: name.to_owned(),
            reason: reason.to_owned(),
        })
    });
    skips.collect()
}

/// The names that [`ALLOWED`] lists.
pub fn allowed() -> Result<BTreeSet<String>> {
    let path = files::at(ALLOWED);
    if !path.exists() {
        return Ok(BTreeSet::new());
    }
    Ok(names(&files::read(&path)?))
}

fn names(list: &str) -> BTreeSet<String> {
    let lines = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or("").trim());
    let names = lines.filter(|line| !line.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_is_found_wherever_the_line_begins() {
        let output = "test a ... ok\nSKIPPED c092_x: unshare: not permitted\ntest b ... SKIPPED c107_y: same\n";
        let skip = |name: &str, reason: &str| Skip {
            name: name.to_owned(),
            reason: reason.to_owned(),
        };
        let expected = [
            skip("c092_x", "unshare: not permitted"),
            skip("c107_y", "same"),
        ];
        assert_eq!(find(output), expected);
    }

    #[test]
    fn a_list_of_names_has_remarks() {
        let expected = BTreeSet::from(["c092_x".to_owned()]);
        assert_eq!(names("# none\nc092_x   # containers\n\n"), expected);
    }
}
