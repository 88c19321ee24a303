//! A test that can't run here says `SKIPPED name: reason`; only what `.ci/skips` lists may.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::files;

/// Where the allowed names stand, one a line; `#` begins a remark.
const ALLOWED: &str = ".ci/skips";

/// Looks through the output of `cargo test`.
pub fn check(log: &str) -> Result<()> {
    let allowed = files::at(ALLOWED);
    let allowed = if allowed.exists() {
        files::read(&allowed)?
    } else {
        String::new()
    };
    let unlisted = unlisted(&files::read(Path::new(log))?, &allowed);
    ensure!(
        unlisted.is_empty(),
        "tests were skipped that {ALLOWED} doesn't list:\n  {}",
        unlisted.join("\n  ")
    );
    Ok(())
}

fn unlisted(log: &str, allowed: &str) -> Vec<String> {
    let allowed = || {
        allowed
            .lines()
            .map(|line| line.split('#').next().unwrap_or("").trim())
    };
    let skips = log.lines().filter_map(|line| line.split_once("SKIPPED "));
    let unlisted = skips.filter(|(_, skip)| {
        let name = skip.split(':').next().unwrap_or(skip);
        !allowed().any(|known| known == name)
    });
    unlisted.map(|(_, skip)| skip.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_must_be_listed() {
        let log =
            "test a ... ok\nSKIPPED c092_x: no namespaces here\ntest b ... SKIPPED c107_y: same\n";
        assert_eq!(
            unlisted(log, "# none\nc092_x   # containers\n"),
            ["c107_y: same"]
        );
    }
}
