//! The CPU meter: a server that waits uses next to no CPU time, and one that spins uses all that it gets.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::threads;

/// How often a stretch is looked into.
const SAMPLES: u32 = 20;

/// CPU time used by all threads of a process so far, in nanoseconds' resolution
/// (`clock_getcpuclockid(3)`); zero if the process is gone.
pub(crate) fn time_of(pid: u32) -> Duration {
    ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))
        .and_then(ClockId::now)
        .map_or(Duration::ZERO, Duration::from)
}

/// CPU time that a process uses during the next `stretch` of real time, or would use if it got a
/// processor whenever it wants one: where many others want them, too, one that spins gets little. A
/// thread that never sleeps counts as one that runs all the time.
pub(crate) fn over(pid: u32, stretch: Duration) -> Duration {
    let before = time_of(pid);
    let mut awake: HashMap<u32, u32> = HashMap::new();
    for _ in 0..SAMPLES {
        thread::sleep(stretch / SAMPLES);
        for id in threads::running(pid) {
            *awake.entry(id).or_default() += 1;
        }
    }
    let used = time_of(pid).saturating_sub(before);
    let spinning = awake.values().filter(|&&samples| samples == SAMPLES);
    used.max(spinning.map(|_| stretch).sum())
}
