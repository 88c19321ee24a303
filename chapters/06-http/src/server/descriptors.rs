//! Descriptors: how many connections and files a server may have, so that neither takes all.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::Files;

/// What a loop needs besides: for epoll, its waker, its listener and its root; and for the process,
/// its standard streams, its signals, and what it was born with.
const OTHERS: usize = 12;

/// How many connections each of `loops` may have. The process asks for as many descriptors as it
/// may have.
#[must_use]
pub fn connections(loops: usize) -> usize {
    share(descriptors() / loops.max(1)).1
}

/// How many files each of `loops` may keep at hand ([`Files::keeping`]).
#[must_use]
pub fn kept_files(loops: usize) -> usize {
    share(descriptors() / loops.max(1)).0
}

/// How many of `descriptors` files may have that are kept at hand, and how many connections. As many
/// as files are left: an answer on its way holds a file that may be kept no more. [`Files`] opens no
/// more than both.
fn share(descriptors: usize) -> (usize, usize) {
    let free = descriptors.saturating_sub(OTHERS);
    let files = Files::KEPT.min(free / 4);
    (files, (free - 2 * files).max(1))
}

/// How many descriptors this process may have (`getrlimit(2)`).
fn descriptors() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return 1024; // the usual one
    };
    let limit = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    };
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{OTHERS, share};
    use crate::Files;

    #[test]
    fn however_few_descriptors_there_are_files_and_connections_get_some() {
        for descriptors in 16..5000 {
            let (files, connections) = share(descriptors);
            assert!(files >= 1 && connections >= 2, "{descriptors}");
            assert!(2 * files + connections + OTHERS <= descriptors);
        }
    }

    #[test]
    fn of_many_descriptors_connections_get_the_most() {
        assert_eq!(
            share(1 << 20),
            (Files::KEPT, (1 << 20) - OTHERS - 2 * Files::KEPT)
        );
    }
}
