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

/// A numbered item is a promise, and the tests are what is quoted in small print at its end.
fn faults_in(page: &str, exists: impl Fn(&str) -> bool) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    let lines: Vec<&str> = page.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((number, _)) = line.split_once(". ") else {
            continue;
        };
        if number.parse::<u32>().is_err() {
            continue;
        }
        let rest = lines[index + 1..].iter();
        let item: Vec<&str> = rest
            .take_while(|line| line.starts_with(' '))
            .copied()
            .collect();
        let item = item.join(" ");
        let small = item.split_once("<small>").map_or("", |(_, small)| small);
        let tests: Vec<&str> = small.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            faults.push((index + 1, format!("promise {number} names no test")));
        }
        let missing = tests.into_iter().filter(|test| !exists(test));
        faults.extend(missing.map(|test| {
            let fault = format!("promise {number}: chapter 05 has no test {test}");
            (index + 1, fault)
        }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_promise_has_a_test_that_exists() {
        let page =
            "# Title\n\n1. `on_open`\n   <br><small>`a::b`,\n   `c::d`</small>\n2. so\n\nText.";
        let found = faults_in(page, |test| test == "a::b");
        let expected = [
            (3, "promise 1: chapter 05 has no test c::d".to_owned()),
            (6, "promise 2 names no test".to_owned()),
        ];
        assert_eq!(found, expected);
    }
}
