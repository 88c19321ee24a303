//! The fuzzer's corpus: what has been interesting once is tried with every test run.

use std::fs;
use std::path::Path;

use crate::checks;

/// Calls `check` with each file of a fuzz target's corpus, and a place to cut it at.
fn each(target: &str, check: impl Fn(&[u8], usize)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut count = 0;
    for file in files {
        let path = file.expect("a folder that can be read").path();
        let input = fs::read(&path).expect("a file that can be read");
        for cut in 0..=input.len() {
            check(&input, cut);
        }
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn all_heads_of_the_corpus_hold() {
    each("head", checks::requests);
}

#[test]
fn all_targets_of_the_corpus_hold() {
    each("target", |input, _| checks::target(input));
}

#[test]
fn all_bodies_of_the_corpus_hold() {
    each("body", checks::body);
}
