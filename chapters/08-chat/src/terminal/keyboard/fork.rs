//! A second process: `fork(2)`.

#![expect(
    unsafe_code,
    reason = "fork has no safe wrapper: in a process with threads, the child may do next to nothing"
)]

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;

use nix::unistd::{self, ForkResult, Pid};

/// The exit code of a child that panics, as of any program of Rust's.
const PANICKED: i32 = 101;

/// Copies this process. The copy calls `child` with `both`, and ends with what that returns as its
/// exit code; the caller gets the child's id and `both` back.
///
/// What `both` owns, it owns twice from now on, once in each process: a descriptor is closed when
/// both have closed it.
///
/// # Errors
/// If this process has more than one thread, or as `fork(2)`: no process or no memory is left.
// ANCHOR: fork
pub fn fork<T>(both: T, child: impl FnOnce(T) -> i32) -> io::Result<(Pid, T)> {
    // Only the calling thread is copied. A lock that another one held at that moment (the memory
    // allocator's, say) would stay locked in the child for ever, so that the child of a process with
    // threads may call async-signal-safe functions only (fork(2), signal-safety(7)): no `Vec`.
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other("can't fork a process that has threads"));
    }
    // SAFETY: as counted above, this is the process's only thread, and no other could start one.
    // So no lock is held, all memory is as this thread has left it, and the child may call what it
    // likes.
    match unsafe { unistd::fork() }? {
        ForkResult::Parent { child } => Ok((child, both)),
        // The caller's frames are the parent's business: neither a return nor a panic goes there.
        ForkResult::Child => {
            let code = catch_unwind(AssertUnwindSafe(|| child(both)));
            process::exit(code.unwrap_or(PANICKED))
        }
    }
}
// ANCHOR_END: fork

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::fork;

    #[test]
    fn a_process_with_threads_is_not_copied() {
        // On a machine with one core, the test itself may run in the main thread.
        let (end, until) = mpsc::channel::<()>();
        let other = thread::spawn(move || until.recv());
        let refused = fork((), |()| 0).map(|(child, ())| child);
        drop(end);
        let _ = other.join();
        assert!(refused.is_err(), "{refused:?}");
    }
}
