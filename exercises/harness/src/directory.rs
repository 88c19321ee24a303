//! A directory for one test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{process, thread};

use crate::answer::in_child;

/// A directory, empty at first, which is gone with its value, and all that is in it.
///
/// No other value has the same one: tests that run at once, and two runs of one test, don't meet in
/// it. Only in the child of [`Server::answer`](crate::Server::answer), which is the same test run
/// again, it is the parent's, with what is there by then; so it is made before that call.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    owner: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    ThisProcess,
    /// The process with this id, whose test this one runs again.
    Parent(u32),
}

impl Directory {
    /// Makes it below `parent`, for a test its `env!("CARGO_TARGET_TMPDIR")`.
    ///
    /// # Panics
    ///
    /// When it can't be made.
    #[must_use]
    pub fn new(parent: impl AsRef<Path>) -> Self {
        let owner = in_child().map_or(Owner::ThisProcess, |(_, parent)| Owner::Parent(parent));
        let process = match owner {
            Owner::ThisProcess => process::id(),
            Owner::Parent(id) => id,
        };
        let path = parent.as_ref().join(format!("{process}-{}", next_name()));
        if owner == Owner::ThisProcess {
            let _ = fs::remove_dir_all(&path); // of a process that was killed and had the same id
            if let Err(error) = fs::create_dir(&path) {
                panic!("{} can't be made: {error}", path.display());
            }
        }
        Self { path, owner }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path, as an argument for a program.
    ///
    /// # Panics
    ///
    /// When its parent's path isn't UTF-8.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.to_str().expect("a path of UTF-8")
    }

    /// The path of `name` in it.
    #[must_use]
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Writes the file `name`, and the directories above it that are missing; returns its path.
    ///
    /// # Panics
    ///
    /// When it can't be written.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, content));
        match written {
            Ok(()) => path,
            Err(error) => panic!("{} can't be written: {error}", path.display()),
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if self.owner == Owner::ThisProcess {
            let _ = fs::remove_dir_all(&self.path); // a test may have removed it itself
        }
    }
}

/// The test's name and how many directories it had before; so when it is run again, it comes to the
/// same names.
fn next_name() -> String {
    static COUNTS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
    let thread = thread::current();
    let test = thread.name().unwrap_or("test").replace("::", "-");
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    let count = counts.entry(test.clone()).or_default();
    *count += 1;
    format!("{test}-{count}")
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn no_two_share_one_and_each_goes_with_its_files() {
        let (one, other) = (
            Directory::new(env::temp_dir()),
            Directory::new(env::temp_dir()),
        );
        let mine = one.write("a/file", b"mine");
        let yours = other.write("a/file", b"yours");
        assert_eq!(fs::read(&mine).ok().as_deref(), Some(&b"mine"[..]));
        drop(one);
        assert!(!mine.exists());
        assert_eq!(fs::read(&yours).ok().as_deref(), Some(&b"yours"[..]));
    }
}
