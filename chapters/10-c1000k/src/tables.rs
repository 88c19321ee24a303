//! Threads with descriptor tables of their own.

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Descriptors of each table that aren't connections: standard streams, wakers, epoll, a listener,
/// files.
pub const RESERVE: usize = 200;

/// How full a table may be on average, in percent. The kernel spreads connections by a hash, so one
/// table gets more than another; with 18,000 in each, the fullest has 2 % to 3 % above the average.
const FILL: usize = 94;

// ANCHOR: raise
/// Raises the soft limit on open descriptors to the hard one, which needs no rights, and returns it.
///
/// The soft limit is 1,024 nearly everywhere, for programs that use `select(2)`.
///
/// # Errors
/// As `setrlimit(2)`.
pub fn raise_descriptors() -> io::Result<usize> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft < hard {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    }
    descriptors()
}
// ANCHOR_END: raise

/// How many descriptors one table may hold: the soft limit.
///
/// # Errors
/// As `getrlimit(2)`.
pub fn descriptors() -> io::Result<usize> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(usize::try_from(soft).unwrap_or(usize::MAX))
}

/// How many tables `connections` need if each may hold so many `descriptors`. `None` if a table
/// has no room for connections.
#[must_use]
pub fn tables_for(connections: usize, descriptors: usize) -> Option<usize> {
    let room = descriptors.checked_sub(RESERVE).filter(|&room| room > 0)?;
    if connections <= room {
        return Some(1);
    }
    Some(connections.div_ceil((room * FILL / 100).max(1)))
}

// ANCHOR: apart
/// Starts a thread whose descriptors are its own: it begins with a copy of the table, and from then
/// on neither side sees what the other opens or closes. Returns once that is so.
///
/// # Errors
/// As `clone(2)` and `unshare(2)`: too many threads, or no memory.
pub fn apart<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<JoinHandle<io::Result<T>>> {
    let (tell, parted) = mpsc::channel();
    let thread = thread::Builder::new().name(name).spawn(move || {
        let unshared = unshare(CloneFlags::CLONE_FILES);
        let _ = tell.send(unshared);
        unshared?;
        work()
    })?;
    let ended = || io::Error::other("a thread has ended before it began");
    parted.recv().map_err(|_| ended())??;
    Ok(thread)
}
// ANCHOR_END: apart

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_tables_as_the_connections_need() {
        let cases = [
            (10_000, 20_000, Some(1)),
            (19_800, 20_000, Some(1)),
            (19_801, 20_000, Some(2)),
            (100_000, 20_000, Some(6)),
            (1_000_000, 20_000, Some(54)),
            (1_000_000, 1_048_576, Some(1)),
            (1, 200, None),
            (0, 100, None),
        ];
        for (connections, descriptors, tables) in cases {
            assert_eq!(
                tables_for(connections, descriptors),
                tables,
                "{connections}"
            );
        }
    }
}
