//! What is wrong with the declarations.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Result, bail};

/// Everything that was found wrong, in the order in which it was found.
#[derive(Debug, Default)]
pub struct Problems(Vec<String>);

impl Problems {
    /// Notes what is wrong with an entry of `file`, and what to do about it.
    pub fn note(&mut self, file: &Path, entry: &str, what: impl Display) {
        self.0
            .push(format!("{}, `{entry}`: {what}", file.display()));
    }

    /// Notes what is wrong with `file` as a whole.
    pub(crate) fn note_file(&mut self, file: &Path, what: impl Display) {
        self.0.push(format!("{}: {what}", file.display()));
    }

    /// All is well, or an error that names everything.
    ///
    /// # Errors
    ///
    /// When anything was noted.
    pub fn into_result(self) -> Result<()> {
        match self.0.len() {
            0 => Ok(()),
            1 => bail!(
                "a declaration is wrong, so nothing was built:\n  {}",
                self.0[0]
            ),
            count => bail!(
                "{count} declarations are wrong, so nothing was built:\n  {}",
                self.0.join("\n  ")
            ),
        }
    }
}
