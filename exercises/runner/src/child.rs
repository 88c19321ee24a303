//! Runs a test program in a process group of its own, so that nothing it starts outlives it:
//! not after its end, not after its time, and not when the reader presses Ctrl-C.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

/// The groups of the programs that run now.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// More output than this is read and dropped: an answer that prints in a loop must not fill the
/// memory.
const MOST_OUTPUT: u64 = 4 << 20;

#[derive(Debug)]
pub struct Ended {
    pub stdout: String,
    pub stderr: String,
    /// None if its time ran out.
    pub status: Option<ExitStatus>,
}

/// Runs `command` for at most `limit`, then ends it and all that it started.
///
/// # Errors
///
/// When it can't be started.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = {
        let mut groups = groups(); // held, so that a signal can't come between start and entry
        let child = command.spawn()?;
        groups.push(pid(&child));
        child
    };
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let in_time = ends_within(&child, limit);

    let group = pid(&child);
    let mut groups = groups();
    // The program is not yet waited for, so its number is still its own: this reaches no stranger.
    let _ = killpg(group, Signal::SIGKILL);
    let status = child.wait()?;
    groups.retain(|&other| other != group);
    drop(groups);
    Ok(Ended {
        stdout: text(stdout),
        stderr: text(stderr),
        status: in_time.then_some(status),
    })
}

/// Sees to it that SIGINT, SIGTERM and SIGHUP end the programs that run, then this one (exit code
/// 128 + signal, as shells do). To be called before the first thread starts.
pub fn end_all_on_signals() {
    on_signals(|signal| {
        kill_all();
        process::exit(128 + signal as i32);
    });
}

/// Calls `then` in a thread of its own, once, when a signal asks this program to end.
pub fn on_signals(then: impl FnOnce(Signal) + Send + 'static) {
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]
        .into_iter()
        .collect();
    if signals.thread_block().is_ok() {
        thread::spawn(move || signals.wait().map(then));
    }
}

fn kill_all() {
    for &group in groups().iter() {
        let _ = killpg(group, Signal::SIGKILL); // it may have ended by itself
    }
}

/// Waits until `child` has ended, but doesn't reap it, so that its number stays taken.
fn ends_within(child: &Child, limit: Duration) -> bool {
    let pid = pid(child);
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        wait_for_end(pid);
        let _ = sender.send(()); // nobody listens any more after the limit
    });
    ended.recv_timeout(limit).is_ok()
}

/// Blocks until the child `pid` has ended; it stays there to be reaped (WNOWAIT, waitid(2)).
pub fn wait_for_end(pid: Pid) {
    let _ = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
}

pub fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

type Collector = Option<thread::JoinHandle<Vec<u8>>>;

fn collect(pipe: Option<impl Read + Send + 'static>) -> Collector {
    let mut pipe = pipe?;
    Some(thread::spawn(move || {
        let mut kept = Vec::new();
        // What was read before an error is still worth showing.
        let _ = (&mut pipe).take(MOST_OUTPUT).read_to_end(&mut kept);
        let _ = io::copy(&mut pipe, &mut io::sink());
        kept
    }))
}

fn text(collector: Collector) -> String {
    let bytes = collector
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
