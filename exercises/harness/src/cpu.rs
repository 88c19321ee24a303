//! The CPU meter: a server that waits uses next to no CPU time, and one that spins uses all that it gets.

use std::collections::HashMap;
use std::time::{Duration, Instant};
use std::{fs, thread};

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::{DEADLINE, threads};

/// CPU time used by all threads of a process so far, in nanoseconds' resolution
/// (`clock_getcpuclockid(3)`); zero if the process is gone.
pub(crate) fn time_of(pid: u32) -> Duration {
    ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))
        .and_then(ClockId::now)
        .map_or(Duration::ZERO, Duration::from)
}

/// CPU time that a process uses during the next `stretch` of real time, or would use if it got a
/// processor whenever it wants one: where many others want them, too, one that spins gets little. A
/// thread that wants one all the time, however much it gets, counts as one that runs all the time.
#[must_use]
pub fn over(pid: u32, stretch: Duration) -> Duration {
    let before = time_of(pid);
    let mut samples = Vec::new();
    let began = Instant::now();
    while samples.len() < SAMPLES || (is_undecided(&samples) && began.elapsed() < DEADLINE) {
        thread::sleep(stretch / 20);
        samples.push(awake(pid));
    }
    let used = time_of(pid).saturating_sub(before);
    used.max(wanted(&samples, stretch))
}

/// CPU time that the threads in `samples` want who want all of `stretch`, and get some of it.
fn wanted(samples: &[Awake], stretch: Duration) -> Duration {
    let (first, last) = (&samples[0], &samples[samples.len() - 1]);
    let spinning = always_awake(samples).filter(|id| first[id] != last[id]);
    spinning.map(|_| stretch).sum()
}

/// How often a stretch is looked into, at least.
const SAMPLES: usize = 20;

/// The threads that run, or wait for a processor, each with how long it ran so far (the first number
/// in `/proc/PID/task/TID/schedstat`, see the kernel's `scheduler/sched-stats`).
type Awake = HashMap<u32, String>;

fn awake(pid: u32) -> Awake {
    let time = |id| {
        let numbers = fs::read_to_string(format!("/proc/{pid}/task/{id}/schedstat"));
        let numbers = numbers.unwrap_or_default();
        (id, numbers.split(' ').next().unwrap_or_default().to_owned())
    };
    threads::running(pid).into_iter().map(time).collect()
}

fn always_awake(samples: &[Awake]) -> impl Iterator<Item = &u32> {
    let first = samples[0].keys();
    first.filter(|id| samples.iter().all(|awake| awake.contains_key(id)))
}

/// Whether a thread has waited for a processor all the time and never got one: it may spin, or have
/// one last thing to do.
fn is_undecided(samples: &[Awake]) -> bool {
    let last = &samples[samples.len() - 1];
    always_awake(samples).any(|id| samples[0][id] == last[id])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRETCH: Duration = Duration::from_millis(200);

    /// The samples of thread 7: what it has had of a processor, or nothing where it sleeps.
    fn thread_7(samples: [Option<&str>; 4]) -> [Awake; 4] {
        samples.map(|time| time.map(|time| (7, time.to_owned())).into_iter().collect())
    }

    #[test]
    fn who_is_always_awake_wants_all_however_little_it_gets() {
        let starved = thread_7([Some("50"), Some("50"), Some("50"), Some("51")]);
        assert_eq!(wanted(&starved, STRETCH), STRETCH);
        assert!(!is_undecided(&starved));
    }

    #[test]
    fn who_sleeps_once_wants_no_more_than_it_gets() {
        let works = thread_7([Some("50"), None, Some("60"), Some("70")]);
        assert_eq!(wanted(&works, STRETCH), Duration::ZERO);
        assert!(!is_undecided(&works));
    }

    #[test]
    fn who_has_had_nothing_yet_is_looked_at_for_longer() {
        let waits = thread_7([Some("50"); 4]);
        assert_eq!(wanted(&waits, STRETCH), Duration::ZERO);
        assert!(is_undecided(&waits));
    }
}
