//! A name that means nothing here, and the names that do.

use std::fmt;

/// The list is shown before the reason: a long one would else push the reason off the screen.
#[derive(Debug)]
pub struct Unknown {
    pub list: String,
    pub reason: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unknown {}
