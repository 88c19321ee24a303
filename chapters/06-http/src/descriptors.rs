//! Descriptors: how many connections a server may have, so that it can still open files.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::Files;

/// How many connections each of `loops` may have, so that there are descriptors left for files.
/// The process asks for as many descriptors as it may have.
#[must_use]
pub fn connections(loops: usize) -> usize {
    // Each loop keeps so many files open at most, and needs a few descriptors besides.
    let others = Files::KEPT + 32;
    let each = descriptors() / loops.max(1);
    each.saturating_sub(others).max(each / 2)
}

/// How many descriptors this process may have (`getrlimit(2)`).
fn descriptors() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return 1024; // as it is where nobody has changed it
    };
    let limit = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    };
    usize::try_from(limit).unwrap_or(usize::MAX)
}
