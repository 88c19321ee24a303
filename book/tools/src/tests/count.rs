//! How many tests passed, and how many didn't.

use std::fmt;
use std::ops::AddAssign;

/// Both numbers; it is shown as `12 passed, 0 failed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    passed: usize,
    failed: usize,
}

impl Count {
    /// Sums up what the output of a test program says. A skipped test hasn't passed. A program that
    /// ends without a word about what failed has failed itself.
    pub fn of(output: &str, succeeded: bool, skipped: usize) -> Self {
        let mut count = Self::default();
        for result in output
            .lines()
            .filter_map(|line| line.strip_prefix("test result: "))
        {
            count.passed += number_before(result, " passed");
            count.failed += number_before(result, " failed");
        }
        count.passed = count.passed.saturating_sub(skipped);
        if !succeeded && count.failed == 0 {
            count.failed = 1;
        }
        count
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number in front of a word: 3 in `ok. 3 passed; 0 failed`.
fn number_before(result: &str, word: &str) -> usize {
    let before = result.split(word).next().unwrap_or_default();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "test result: ok. 30 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out";
    const TWO: &str = "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured";

    #[test]
    fn what_programs_say_is_summed_up() {
        let count = Count::of(&format!("running 9 tests\n\n{ONE}\n{TWO}\n"), false, 0);
        assert_eq!(count.to_string(), "32 passed, 4 failed");
    }

    #[test]
    fn a_skipped_test_has_not_passed() {
        let count = Count::of(ONE, true, 2);
        assert_eq!(count.to_string(), "28 passed, 0 failed");
    }

    #[test]
    fn a_program_that_breaks_off_has_failed() {
        let count = Count::of("running 9 tests\nSIGSEGV\n", false, 0);
        assert_eq!(count.to_string(), "0 passed, 1 failed");
    }
}
