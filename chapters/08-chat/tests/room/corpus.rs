//! The fuzzer's corpus: what has been interesting once is tried with every test run.

use std::fs;
use std::path::Path;

use crate::checks;

#[test]
fn all_that_is_typed_in_the_corpus_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/talk");
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut count = 0;
    for file in files {
        let path = file.expect("a folder that can be read").path();
        let bytes = fs::read(&path).expect("a file that can be read");
        for cut in 0..=bytes.len() {
            checks::reading(&bytes, &[cut]);
        }
        checks::talking(&bytes);
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}
