//! The CPU meter: a server that waits uses next to no CPU time, and one that spins uses all of it.

use std::thread;
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

/// CPU time used by all threads of a process so far, in nanoseconds' resolution
/// (`clock_getcpuclockid(3)`); zero if the process is gone.
pub(crate) fn time_of(pid: u32) -> Duration {
    ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))
        .and_then(ClockId::now)
        .map_or(Duration::ZERO, Duration::from)
}

/// CPU time that a process uses during the next `stretch` of real time.
pub(crate) fn over(pid: u32, stretch: Duration) -> Duration {
    let before = time_of(pid);
    thread::sleep(stretch);
    time_of(pid).saturating_sub(before)
}
