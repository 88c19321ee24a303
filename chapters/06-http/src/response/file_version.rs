//! What tells one version of a file from the next.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use super::date::Seconds;

/// What the file system knows of a file that changes whenever its content does.
///
/// The time of modification won't do alone: `touch`, `cp -p` and `tar` set it at will. No program
/// can set the time of the last change to the inode (`inode(7)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileVersion {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileVersion {
    /// The version that `metadata` tells of. `None` at `now` means that the file has only just
    /// changed: in the same tick of the file system's clock it may change again, and look the same.
    pub fn settled(metadata: &Metadata, now: Seconds) -> Option<Self> {
        // The clock that says `now` may be a second late.
        let rests = metadata.ctime().saturating_add(1) < now.cast_signed();
        rests.then(|| Self::of(metadata))
    }

    pub fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

#[cfg(test)]
mod tests;
