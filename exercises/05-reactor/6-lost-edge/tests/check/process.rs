//! What `/proc` tells of the server's process.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use harness::Server;

/// `EPOLLET`, as `/proc/PID/fdinfo` shows it.
const ET: u32 = 1 << 31;
/// `EPOLLONESHOT`: each report has to be followed by an `epoll_ctl`.
const ONESHOT: u32 = 1 << 30;
const MIB: usize = 1 << 20;

/// The most memory that the server has had in use so far, in bytes (`proc_pid_status(5)`).
pub fn peak(server: &Server) -> usize {
    let folder = PathBuf::from(format!("/proc/{}", server.pid()));
    1024 * number(&read(&folder, "status"), "VmHWM:").unwrap_or(0)
}

/// Expects that no more than `most` MiB have been in use beyond what the most was `before`.
#[track_caller]
pub fn expect_growth(server: &Server, before: usize, most: usize) {
    let grown = peak(server).saturating_sub(before);
    if grown > most * MIB {
        let received = format!("it grew by {} KiB", grown / 1024);
        server.fail_with(
            &format!("a server that grows by less than {most} MiB"),
            &received,
        );
    }
}

/// Expects that the server sleeps in one call, in its only thread, until there is an event.
#[track_caller]
pub fn expect_sleep(server: &Server) {
    // One that wakes up often may never be found asleep.
    for _ in 0..50 {
        refuse_limits(server);
        thread::sleep(Duration::from_millis(1));
    }
    server.wait_until_asleep();
    refuse_limits(server);
    let before = switches(server);
    let used = server.cpu_over(Duration::from_millis(300));
    let woken = switches(server).saturating_sub(before);
    if used > Duration::from_millis(3) || woken > 2 {
        let used = used.as_millis();
        let received = format!("it woke up {woken} times, and used {used} ms of CPU time");
        server.fail_with("a server that sleeps for 300 ms", &received);
    }
    let limits = time_limits(server);
    if limits != [Some(-1)] {
        let received = match limits.len() {
            1 => "it sleeps in another call".to_owned(),
            number => format!("{number} threads"),
        };
        server.fail_with("one thread, which sleeps in epoll_wait", &received);
    }
}

#[track_caller]
fn refuse_limits(server: &Server) {
    if let Some(limit) = time_limits(server).into_iter().flatten().max()
        && limit > 0
    {
        let received = format!("one that ends after {limit} ms");
        server.fail_with("an epoll_wait without a timeout", &received);
    }
}

/// How often the server's threads have gone to sleep so far.
fn switches(server: &Server) -> usize {
    threads(server)
        .iter()
        .filter_map(|thread| number(&read(thread, "status"), "voluntary_ctxt_switches:"))
        .sum()
}

/// Of each thread that the answer has: how long it may stay in `epoll_wait`, in milliseconds (-1: without
/// a limit); none if it isn't there.
fn time_limits(server: &Server) -> Vec<Option<i32>> {
    threads(server)
        .iter()
        .filter(|thread| read(thread, "comm").trim_end() == "answer")
        .map(|thread| time_limit(&read(thread, "syscall")))
        .collect()
}

/// Reads a line like `232 0x5 0x7ffd… 0x40 0xffffffff …`: the call's number and its arguments
/// (`proc_pid_syscall(5)`).
fn time_limit(call: &str) -> Option<i32> {
    let mut fields = call.split(' ');
    match fields.next()? {
        // epoll_wait and epoll_pwait on x86_64; epoll_pwait elsewhere
        "232" | "281" | "22" => {}
        "" => return Some(-1), // the kernel doesn't tell
        _ => return None,
    }
    let limit = u64::from_str_radix(fields.nth(3)?.strip_prefix("0x")?, 16).ok()?;
    // It is an int, in the lower half of the register.
    let limit = u32::try_from(limit & u64::from(u32::MAX)).ok()?;
    Some(limit.cast_signed())
}

/// How many descriptors the server's epoll watches with `EPOLLET`, and not only once; and how many others.
pub fn watches(server: &Server) -> [usize; 2] {
    let mut counts = [0; 2];
    for file in folder(&format!("/proc/{}/fdinfo", server.pid())) {
        let info = fs::read_to_string(file).unwrap_or_default();
        for line in info.lines().filter(|line| line.starts_with("tfd:")) {
            let events = line
                .split("events:")
                .nth(1)
                .unwrap_or_default()
                .trim_start();
            let events = events.split(' ').next().unwrap_or_default();
            let events = u32::from_str_radix(events, 16).unwrap_or_default();
            counts[usize::from(events & (ET | ONESHOT) != ET)] += 1;
        }
    }
    counts
}

/// The folders of the server's threads.
fn threads(server: &Server) -> Vec<PathBuf> {
    folder(&format!("/proc/{}/task", server.pid()))
}

fn folder(path: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_default()
}

/// The number in the line of `text` that begins with `name`.
fn number(text: &str, name: &str) -> Option<usize> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
