//! Whether a process sleeps until something happens, or wakes up by itself to look.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::syscalls::Purpose;
use crate::threads::{Doing, running, threads};
use crate::words::{count, duration};

/// How long a look for wake-ups takes.
const LOOK: Duration = Duration::from_millis(300);

/// How the process `pid` wakes up by itself, if it does: `it wakes up by itself, 6 times in 300 ms`. `None` is
/// said of one that sleeps through one whole look; on a busy machine, some work may be left before that, for
/// `patience`.
pub(crate) fn of(pid: u32, patience: Duration) -> Option<String> {
    let deadline = Instant::now() + patience;
    loop {
        let runs = !running(pid).is_empty();
        let woken = in_one_look(pid);
        let runs = runs || !running(pid).is_empty();
        if woken == 0 && !runs {
            return None;
        }
        if Instant::now() >= deadline {
            let (times, look) = (count(woken, "time"), duration(LOOK));
            return Some(match woken {
                0 => format!("it runs all the time, for {}", duration(patience)),
                _ => format!("it wakes up by itself, {times} in {look}"),
            });
        }
    }
}

/// How a thread of `pid` will wake up by itself, if one does: `it sleeps for 50 ms at most, in epoll_wait`.
pub(crate) fn planned(pid: u32) -> Option<String> {
    threads(pid).iter().find_map(|thread| match &thread.doing {
        Doing::Sleeping(call) if call.purpose == Purpose::Pause => {
            Some(format!("it lets time pass, in {}", call.name))
        }
        Doing::Sleeping(call) => {
            let limit = duration(call.limit?);
            Some(format!("it sleeps for {limit} at most, in {}", call.name))
        }
        _ => None,
    })
}

/// How often the threads of `pid` wake up in the time of a look.
fn in_one_look(pid: u32) -> usize {
    let before = sleeps(pid);
    thread::sleep(LOOK);
    let new = |(id, now): (&u32, &u64)| match before.get(id) {
        Some(then) => now.saturating_sub(*then),
        None => 1, // a thread that has begun meanwhile
    };
    let woken: u64 = sleeps(pid).iter().map(new).sum();
    usize::try_from(woken).unwrap_or(usize::MAX)
}

/// How often each thread has gone to sleep so far (`proc_pid_status(5)`).
fn sleeps(pid: u32) -> BTreeMap<u32, u64> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let ids = tasks
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/task/{id}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        Some((id, line.trim().parse().ok()?))
    })
    .collect()
}
