//! Which system calls a thread makes that runs all the time.
//!
//! While it runs, the kernel doesn't tell. So its process is stopped for a moment, again and again: a
//! thread stops where it leaves the kernel, and its last call can still be read.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::syscalls::Purpose;
use crate::threads::{self, Doing};

/// How often it is stopped, and how long it runs in between.
const SAMPLES: usize = 20;
const PAUSE: Duration = Duration::from_millis(2);
/// How long it may take to stop.
const PATIENCE: Duration = Duration::from_millis(500);

/// A call that was seen in some of the samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sampled {
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    /// The descriptor that it is about, where it is about one.
    pub(crate) fd: Option<i32>,
}

/// The calls in which the thread `id` of process `pid` was seen, the most frequent first.
pub(crate) fn calls(pid: u32, id: u32) -> Vec<Sampled> {
    let mut seen: BTreeMap<(String, Option<i32>), (usize, Sampled)> = BTreeMap::new();
    for _ in 0..SAMPLES {
        let Some(call) = sample(pid, id) else {
            continue;
        };
        let key = (call.name.clone(), call.fd);
        seen.entry(key).or_insert((0, call)).0 += 1;
    }
    let mut seen: Vec<_> = seen.into_values().collect();
    seen.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    seen.into_iter().map(|(_, call)| call).collect()
}

fn sample(pid: u32, id: u32) -> Option<Sampled> {
    let process = Pid::from_raw(pid.cast_signed());
    thread::sleep(PAUSE);
    // Fails only for a process that has ended.
    kill(process, Signal::SIGSTOP).ok()?;
    let deadline = Instant::now() + PATIENCE;
    while !threads::are_stopped(pid) && Instant::now() < deadline {
        thread::yield_now();
    }
    let doing = threads::last_call(pid, id);
    kill(process, Signal::SIGCONT).ok()?;
    let Doing::Sleeping(call) = doing else {
        return None;
    };
    Some(Sampled {
        fd: call.fds.first().map(|watch| watch.fd),
        name: call.name,
        purpose: call.purpose,
    })
}
