//! The fuzzer's corpus: what has been interesting once is tried with every test run.

use std::fs;
use std::path::Path;

use crate::{checks, others};

/// Calls `check` with each file of a fuzz target's corpus.
fn each(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut count = 0;
    for file in files {
        let path = file.expect("a folder that can be read").path();
        check(&fs::read(&path).expect("a file that can be read"));
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn all_frames_of_the_corpus_hold() {
    each("decoder", |input| {
        for cut in 0..=input.len() {
            checks::frames(input, cut);
        }
        others::second_opinion(input);
    });
}

#[test]
fn all_messages_of_the_corpus_hold() {
    each("assembler", checks::round_trip);
}

#[test]
fn all_texts_of_the_corpus_hold() {
    each("utf8", |input| {
        for cut in 0..=input.len() {
            checks::utf8(input, cut);
        }
    });
}

#[test]
fn all_compressed_messages_and_offers_of_the_corpus_hold() {
    each("deflate", |input| {
        if let Some((cut, input)) = input.split_last() {
            checks::deflate(input, usize::from(*cut));
        }
    });
}
