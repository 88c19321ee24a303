//! The limit on open files: raised as far as it goes, and explained where that isn't enough. And the limit
//! on an answer's memory.

use std::io;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

/// Descriptors that a test process needs besides its clients: other tests run beside this one.
const SPARE: rlim_t = 64;

/// Raises the soft limit on open files to the hard one; children inherit it.
pub(crate) fn raise() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        // Where this fails, `expect_room_for` explains.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// Memory that an answer may have, in bytes. Most need a few MiB.
pub(crate) const MEMORY: rlim_t = 1 << 30;

/// Bounds the memory that this process may allocate (`RLIMIT_DATA`): beyond [`MEMORY`], Rust says
/// `memory allocation of … bytes failed` and aborts.
pub(crate) fn bound_memory() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_DATA)?;
    let limit = MEMORY.min(hard);
    Ok(setrlimit(Resource::RLIMIT_DATA, limit, limit)?)
}

/// Fails with advice unless `clients` connections can be open at once.
#[track_caller]
pub(crate) fn expect_room_for(clients: usize) {
    raise();
    let needed = clients as rlim_t + SPARE;
    if let Ok((limit, _)) = getrlimit(Resource::RLIMIT_NOFILE)
        && limit < needed
    {
        panic!(
            "{clients} clients need {needed} descriptors, but this shell allows {limit}.\n\
             Raise the limit as root (`ulimit -n {needed}`, or in /etc/security/limits.conf)."
        );
    }
}
