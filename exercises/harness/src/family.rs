//! The processes that an answer has started: none of them outlives the test.
//!
//! ```text
//! test process (a subreaper)
//! ├─ answer (a subreaper)          ended with all below it, also what has called setsid(2)
//! │  ├─ sleep
//! │  └─ setsid … sleep             its parent has ended: it has come to the answer
//! └─ setsid … sleep                its answer has ended by itself: it has come to the test
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::process::{self, Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::answer::VARIABLE;

/// The children that this process has started itself and not waited for yet. It is locked while one is
/// started, so that none is taken for one that has come from an answer.
static OWN: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn own() -> MutexGuard<'static, BTreeSet<u32>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the orphans below this process come to it, instead of to the machine's first process
/// (`PR_SET_CHILD_SUBREAPER`).
///
/// # Errors
///
/// If the kernel refuses.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    Ok(prctl::set_child_subreaper(true)?)
}

/// Starts `command`.
///
/// # Errors
///
/// Those of [`Command::spawn`].
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    let mut own = own();
    let child = command.spawn()?;
    own.insert(child.id());
    Ok(child)
}

/// Ends `child` and all the processes below it, and waits for its end.
pub(crate) fn end(child: &mut Child) {
    let pid = child.id();
    // Not if it has been waited for: its number may be another's.
    if matches!(child.try_wait(), Ok(None)) {
        end_below(pid);
    }
    // Both fail only for a child that has been waited for already.
    let _ = child.kill();
    let _ = child.wait();
    let mut own = own();
    own.remove(&pid);
    for orphan in children(process::id()) {
        if !own.contains(&orphan) && is_of_an_answer(orphan) {
            end_one(orphan);
            let _ = waitpid(id(orphan), None); // fails only where it has been waited for
        }
    }
}

/// Ends all the processes below `pid`; it is stopped first, so that it starts no others meanwhile.
fn end_below(pid: u32) {
    let _ = kill(id(pid), Signal::SIGSTOP);
    children(pid).into_iter().for_each(end_one);
}

fn end_one(pid: u32) {
    end_below(pid);
    let _ = kill(id(pid), Signal::SIGKILL);
}

/// Whether a process bears the mark of an answer of this process.
fn is_of_an_answer(pid: u32) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let ours = process::id().to_string();
    environment.split(|byte| *byte == 0).any(|entry| {
        let value = std::str::from_utf8(entry)
            .ok()
            .and_then(|entry| entry.strip_prefix(VARIABLE)?.strip_prefix('='));
        value.is_some_and(|value| value.split(' ').nth(1) == Some(ours.as_str()))
    })
}

/// The processes whose parent is `pid` (`proc_pid_stat(5)`).
fn children(pid: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten();
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|process| parent(*process) == Some(pid))
        .collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the state follows it, then the parent.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn id(pid: u32) -> Pid {
    Pid::from_raw(pid.cast_signed())
}
