//! The threads of a process: what each is doing, and how much of a processor it takes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use crate::events::{self, Watch};
use crate::sampled::Sampled;
use crate::syscalls::{self, Purpose};
use crate::watchdog::SPINNING;
use crate::{cpu, sampled, time_limit};

/// How often a thread's state is sampled, and how long to wait before each sample.
const SAMPLES: u64 = 20;
const PAUSE: Duration = Duration::from_millis(5);
/// Descriptors read out of a `poll` or `select` at most.
const MANY: u64 = 1024;

/// A thread at one moment.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) name: String,
    pub(crate) doing: Doing,
    /// How often it was found running or waiting for a processor, in percent. Unlike its CPU time,
    /// this doesn't depend on what else the machine is doing.
    pub(crate) busy: u64,
    /// How much of its CPU time since its start was spent in the kernel, in percent. (Sampled in
    /// ticks of some milliseconds: over a short look, this would be chance.)
    pub(crate) kernel: u64,
    /// Page faults during the look.
    pub(crate) faults: usize,
    /// The calls that it was seen in, if it spins.
    pub(crate) calls: Vec<Sampled>,
}

impl Thread {
    /// The descriptors in the system call it sleeps in.
    pub(crate) fn awaits(&self) -> &[Watch] {
        match &self.doing {
            Doing::Sleeping(call) => &call.fds,
            Doing::Running | Doing::Stopped | Doing::Unknown => &[],
        }
    }
}

/// What a thread is doing.
#[derive(Debug)]
pub(crate) enum Doing {
    /// It sleeps in a system call.
    Sleeping(Call),
    /// It runs, or waits for a processor.
    Running,
    /// A signal has stopped it.
    Stopped,
    /// The kernel doesn't tell.
    Unknown,
}

/// A system call that sleeps.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    /// The descriptors it is about, as far as they can be told.
    pub(crate) fds: Vec<Watch>,
    /// After how long it returns by itself, if it does.
    pub(crate) limit: Option<Duration>,
}

/// Looks at all threads of process `pid` for a tenth of a second.
pub(crate) fn threads(pid: u32) -> Vec<Thread> {
    let mut running: HashMap<u32, u64> = HashMap::new();
    let faults: HashMap<u32, usize> = ids(pid)
        .into_iter()
        .map(|id| (id, stat(pid, id).faults))
        .collect();
    for _ in 0..SAMPLES {
        thread::sleep(PAUSE);
        for id in ids(pid) {
            *running.entry(id).or_default() += u64::from(stat(pid, id).state == 'R');
        }
    }
    let mut threads: Vec<(u32, u64)> = running.into_iter().collect();
    threads.sort_unstable();
    let mut threads: Vec<Thread> = threads
        .into_iter()
        .map(|(id, samples)| Thread {
            name: read(pid, id, "comm").trim_end().to_owned(),
            doing: mostly(samples, || match stat(pid, id).state {
                'T' => Doing::Stopped,
                _ => doing(pid, id, &read(pid, id, "syscall")),
            }),
            busy: samples * 100 / SAMPLES,
            kernel: stat(pid, id).kernel,
            faults: faults
                .get(&id)
                .map_or(0, |before| stat(pid, id).faults.saturating_sub(*before)),
            calls: if samples * 100 / SAMPLES >= SPINNING {
                sampled::calls(pid, id)
            } else {
                Vec::new()
            },
        })
        .collect();
    // In a re-executed test, the first thread only waits for the test's own.
    if threads.iter().skip(1).any(|thread| thread.name == "answer") {
        threads.remove(0);
    }
    threads
}

/// What a stopped thread was doing.
pub(crate) fn last_call(pid: u32, id: u32) -> Doing {
    doing(pid, id, &read(pid, id, "syscall"))
}

/// Whether a signal has stopped all threads of process `pid`.
pub(crate) fn are_stopped(pid: u32) -> bool {
    ids(pid).into_iter().all(|id| stat(pid, id).state == 'T')
}

/// No program at work sleeps for so long between two steps.
const A_MOMENT: Duration = Duration::from_millis(10);

/// Whether process `pid` sleeps, and not only for a moment on its way through its work; looks for
/// [`A_MOMENT`]. One that has ended sleeps, too.
pub(crate) fn stay_asleep(pid: u32) -> bool {
    sleep_for(pid, A_MOMENT)
}

/// Whether no thread of process `pid` runs at the beginning and the end of `moment`, or has run in
/// between.
pub(crate) fn sleep_for(pid: u32, moment: Duration) -> bool {
    let used = cpu::time_of(pid);
    let before = running(pid);
    thread::sleep(moment);
    before.is_empty() && running(pid).is_empty() && cpu::time_of(pid) == used
}

/// The threads of process `pid` that run, or wait for a processor.
pub(crate) fn running(pid: u32) -> Vec<u32> {
    let mut ids = ids(pid);
    ids.retain(|&id| stat(pid, id).state == 'R');
    ids
}

fn ids(pid: u32) -> Vec<u32> {
    fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

fn read(pid: u32, id: u32, file: &str) -> String {
    fs::read_to_string(format!("/proc/{pid}/task/{id}/{file}")).unwrap_or_default()
}

/// What `/proc/PID/task/TID/stat` tells (`proc_pid_stat(5)`).
#[derive(Default)]
struct Stat {
    /// `R` on a processor or waiting for one, `S` asleep, `T` stopped.
    state: char,
    /// Percent of its CPU time spent in the kernel.
    kernel: u64,
    /// Page faults so far, those aside that waited for a disk.
    faults: usize,
}

fn stat(pid: u32, id: u32) -> Stat {
    let stat = read(pid, id, "stat");
    // The name, in parentheses, may hold blanks; behind it begins field 3.
    let fields: Vec<&str> = stat
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split(' ')
        .collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let (Some(user), Some(kernel)) = (number(14), number(15)) else {
        return Stat::default();
    };
    Stat {
        state: fields[0].chars().next().unwrap_or_default(),
        kernel: kernel * 100 / (user + kernel).max(1),
        faults: number(10).map_or(0, |faults| usize::try_from(faults).unwrap_or(usize::MAX)),
    }
}

/// What a thread does that ran in `running` of all samples. One that mostly sleeps may wake for a
/// moment just now: then `look` looks again.
fn mostly(running: u64, mut look: impl FnMut() -> Doing) -> Doing {
    let mut doing = look();
    for _ in 1..SAMPLES {
        if !matches!(doing, Doing::Running) || running > SAMPLES / 2 {
            break;
        }
        thread::sleep(PAUSE);
        doing = look();
    }
    doing
}

/// Understands `/proc/PID/task/TID/syscall`: `running`, or the number and six arguments of the call.
fn doing(pid: u32, id: u32, syscall: &str) -> Doing {
    if syscall.starts_with("running") {
        return Doing::Running;
    }
    let mut fields = syscall.split_whitespace();
    let Some(number) = fields.next().and_then(|number| number.parse::<u64>().ok()) else {
        return Doing::Unknown;
    };
    let arguments: Vec<u64> = fields
        .filter_map(|field| u64::from_str_radix(field.strip_prefix("0x")?, 16).ok())
        .collect();
    let [first, second, third, ..] = arguments[..] else {
        return Doing::Unknown;
    };
    let described = if number == syscalls::RESTART {
        // Stopped and continued: the arguments are still the first call's, its name is not.
        Some(syscalls::restarted(&read(pid, id, "wchan")))
    } else {
        syscalls::describe(number)
    };
    let Some((name, purpose)) = described else {
        return Doing::Sleeping(Call {
            name: format!("system call {number}"),
            purpose: Purpose::Other,
            fds: Vec::new(),
            limit: None,
        });
    };
    let fds = match purpose {
        Purpose::Poll => polled(pid, first, second),
        Purpose::Select => selected(pid, first, second, third),
        Purpose::Lock | Purpose::Pause | Purpose::Other => Vec::new(),
        _ => vec![Watch::of(first)],
    };
    Doing::Sleeping(Call {
        name: name.to_owned(),
        purpose,
        fds,
        limit: time_limit::of(name, &arguments, |address| memory(pid, address, 16)),
    })
}

/// The `number` entries of 8 bytes at `address` that `poll(2)` waits for.
fn polled(pid: u32, address: u64, number: u64) -> Vec<Watch> {
    let array = memory(pid, address, number.min(MANY) * 8);
    let (entries, _) = array.as_chunks::<8>();
    let watched = entries.iter().map(|entry| Watch {
        fd: i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]),
        events: u32::from(u16::from_ne_bytes([entry[4], entry[5]])),
    });
    watched.filter(|watch| watch.fd >= 0).collect()
}

/// The descriptors below `number` whose bits are set in the sets that `select(2)` waits for.
fn selected(pid: u32, number: u64, readable: u64, writable: u64) -> Vec<Watch> {
    let number = number.min(MANY);
    let [readable, writable] =
        [readable, writable].map(|set| memory(pid, set, number.div_ceil(64) * 8));
    let wanted = |set: &[u8], fd: usize, event: u32| match set.get(fd / 8) {
        Some(byte) if byte >> (fd % 8) & 1 == 1 => event,
        _ => 0,
    };
    (0..)
        .zip(0..usize::try_from(number).unwrap_or_default())
        .map(|(fd, bit)| Watch {
            fd,
            events: wanted(&readable, bit, events::IN) | wanted(&writable, bit, events::OUT),
        })
        .filter(|watch| watch.events != 0)
        .collect()
}

/// `size` bytes at `address` of the process, or none where they can't be read.
fn memory(pid: u32, address: u64, size: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    let read = File::open(format!("/proc/{pid}/mem"))
        .and_then(|memory| memory.read_exact_at(&mut bytes, address));
    if read.is_err() {
        bytes.clear();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a thread that runs at the first look and is stopped from the second on.
    fn said(running: u64) -> Doing {
        let mut looks = [Doing::Running].into_iter();
        mostly(running, || looks.next().unwrap_or(Doing::Stopped))
    }

    #[test]
    fn who_mostly_sleeps_and_has_just_woken_is_looked_at_again() {
        assert!(matches!(said(1), Doing::Stopped));
    }

    #[test]
    fn who_mostly_runs_is_said_to_run() {
        assert!(matches!(said(SAMPLES), Doing::Running));
    }
}
