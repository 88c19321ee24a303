//! Processes, as `/proc` shows them.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long anything may take: a machine may be slow, and busy.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until it is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A line of `/proc/PID/stat` (`proc_pid_stat(5)`).
#[derive(Debug)]
struct Stat {
    pid: i32,
    name: String,
    state: String,
    parent: i32,
    session: i32,
}

fn all() -> Vec<Stat> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let stats = entries.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter_map(|stat| parse(&stat)).collect()
}

fn parse(stat: &str) -> Option<Stat> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    Some(Stat {
        pid: pid.parse().ok()?,
        name: name.to_owned(),
        state: fields[0].to_owned(),
        parent: fields[1].parse().ok()?,
        session: fields[3].parse().ok()?,
    })
}

/// The process of this name that `parent` has started, once there is one.
#[track_caller]
pub fn child_of(parent: i32, name: &str) -> i32 {
    let mut found = 0;
    until("the shell has started the program", || {
        let child = all()
            .into_iter()
            .find(|stat| stat.parent == parent && stat.name == name);
        found = child.map_or(0, |stat| stat.pid);
        found != 0
    });
    found
}

/// The processes of a session, zombies too.
fn session(leader: i32) -> Vec<Stat> {
    let mut all = all();
    all.retain(|stat| stat.session == leader);
    all
}

/// Ends all processes of a session, whatever state they are in, but its leader.
pub fn end_session(leader: i32) {
    for stat in session(leader) {
        if stat.pid != leader {
            let _ = kill(Pid::from_raw(stat.pid), Signal::SIGKILL);
        }
    }
}

/// Waits until a session has no other process than its leader, nor a zombie that one of them should
/// have waited for. (An orphan's is the business of process 1.)
#[track_caller]
pub fn until_alone(leader: i32) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let members = session(leader);
        let is_member = |pid| members.iter().any(|stat| stat.pid == pid);
        let others = members.iter().filter(|stat| stat.pid != leader);
        let others: Vec<_> = others
            .filter(|stat| stat.state != "Z" || is_member(stat.parent))
            .collect();
        if others.is_empty() {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "left behind after {PATIENCE:?}: {others:?}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until a process has ended, whether its parent has waited for it or not.
#[track_caller]
pub fn until_ended(pid: i32) {
    until("the process has ended", || {
        !all()
            .iter()
            .any(|stat| stat.pid == pid && stat.state != "Z")
    });
}

/// Whether the process sleeps, for now.
pub fn is_asleep(pid: i32) -> bool {
    all()
        .iter()
        .any(|stat| stat.pid == pid && stat.state == "S")
}

/// Sends a signal to a process that is alive because nobody has waited for it.
#[track_caller]
pub fn send(signal: Signal, pid: i32) {
    kill(Pid::from_raw(pid), signal).unwrap();
}
