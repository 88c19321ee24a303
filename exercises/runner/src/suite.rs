//! Which suite an answer has passed: a later version of the workbook may ask more.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exercise::Exercise;

/// How an answer that was solved comes to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// The suite is the one that it has passed.
    None,
    /// The suite is another.
    Some,
    /// It was solved when nobody noted with which suite.
    Unknown,
}

impl Growth {
    /// What has become of the suite that was passed, given both fingerprints, where there are such.
    pub fn between(passed: Option<&str>, now: Option<&str>) -> Self {
        match (passed, now) {
            (Some(passed), Some(now)) if passed == now => Self::None,
            (Some(_), Some(_)) => Self::Some,
            _ => Self::Unknown,
        }
    }

    /// What the reader is told of an exercise that is open again.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "it was solved before; it is open again",
            Self::Some => {
                "it was solved before; the exercise has grown since, and is open again. Your answer is as it was"
            }
            Self::Unknown => {
                "it was solved before; the exercise may have grown since, and is open again. Your answer is as it was"
            }
        }
    }
}

/// The fingerprint of an exercise's tests, below `root`: it differs for tests that differ. None if they
/// can't be read.
pub fn fingerprint(root: &Path, exercise: &Exercise) -> Option<String> {
    let files = match &exercise.stage {
        Some(stage) => stage.suites().iter().map(|file| root.join(file)).collect(),
        None => files(&root.join(exercise.home()).join("tests/check")).ok()?,
    };
    let mut hash = Fnv::default();
    for file in files {
        hash.add(&fs::read(file).ok()?);
    }
    Some(format!("{:016x}", hash.0))
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// FNV-1a with 64 bits: it stays the same in each version of Rust, unlike the standard library's.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_its_authors() {
        let mut hash = Fnv::default();
        hash.add(b"foobar");
        assert_eq!(hash.0, 0x8594_4171_f739_67e8);
    }

    #[test]
    fn only_another_suite_has_grown() {
        assert_eq!(Growth::between(Some("a"), Some("a")), Growth::None);
        assert_eq!(Growth::between(Some("a"), Some("b")), Growth::Some);
        assert_eq!(Growth::between(None, Some("b")), Growth::Unknown);
        assert!(Growth::Some.words().contains("the exercise has grown"));
    }
}
