//! The page of promises, `book/src/05-contract.md`: each names a test that guards it.

use anyhow::Result;

use crate::{experiments, files};

const PAGE: &str = "book/src/05-contract.md";

/// Promises without a test, and tests that don't exist.
pub fn unguarded() -> Result<Vec<String>> {
    let page = files::read(&files::at(PAGE))?;
    let exists = |test: &str| experiments::exists("05-reactor", test);
    let faults = faults_in(&page, exists);
    Ok(faults
        .into_iter()
        .map(|(line, fault)| format!("{PAGE}:{line}: {fault}"))
        .collect())
}

/// A row of a table is a promise, and its last cell names its tests.
fn faults_in(page: &str, exists: impl Fn(&str) -> bool) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for (line, row) in (1..).zip(page.lines()) {
        let numbered = row.strip_prefix("| ").and_then(|row| row.split_once(" |"));
        let Some((number, _)) = numbered.filter(|(number, _)| number.parse::<u32>().is_ok()) else {
            continue;
        };
        let cell = row.trim_end_matches([' ', '|']).rsplit_once("| ");
        let tests: Vec<&str> = cell
            .map_or("", |(_, cell)| cell)
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        if tests.is_empty() {
            faults.push((line, format!("promise {number} names no test")));
        }
        let missing = tests.into_iter().filter(|test| !exists(test));
        faults.extend(missing.map(|test| {
            (
                line,
                format!("promise {number}: chapter 05 has no test {test}"),
            )
        }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_promise_has_a_test_that_exists() {
        let page = "| # | what | test |\n| ---: | --- | --- |\n| 1 | `on_open` | `a::b`, `c::d` |\n| 2 | so | |\n";
        let found = faults_in(page, |test| test == "a::b");
        let expected = [
            (3, "promise 1: chapter 05 has no test c::d".to_owned()),
            (4, "promise 2 names no test".to_owned()),
        ];
        assert_eq!(found, expected);
    }
}
