//! The program that a stage judges.

use harness::echo::descriptors;
use harness::{Directory, Server};

/// A program, and how to start it.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    program: &'static str,
    options: &'static [&'static str],
    folder: &'static str,
}

impl Subject {
    /// The program at this path, started with these options; `folder` is for the files of tests, their
    /// `env!("CARGO_TARGET_TMPDIR")`.
    #[must_use]
    pub const fn new(
        program: &'static str,
        options: &'static [&'static str],
        folder: &'static str,
    ) -> Self {
        Self {
            program,
            options,
            folder,
        }
    }

    /// Starts it with its options, these, and `--port 0`.
    ///
    /// # Panics
    ///
    /// With a verdict, if it doesn't print `listening on ADDRESS`.
    #[must_use]
    #[track_caller]
    pub fn start(&self, more: &[&str]) -> Server {
        Server::spawn(self.program, &[self.options, more].concat())
    }

    /// Starts it where it may have few descriptors, for [`descriptors::it_neither_spins_nor_goes_deaf`].
    ///
    /// # Panics
    ///
    /// As [`Subject::start`].
    #[must_use]
    #[track_caller]
    pub fn start_with_few_descriptors(&self) -> Server {
        descriptors::few(self.program, self.options)
    }

    /// An empty directory for one test.
    #[must_use]
    pub fn directory(&self) -> Directory {
        Directory::new(self.folder)
    }
}
