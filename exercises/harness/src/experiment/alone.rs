//! Experiments in a process of their own.

use std::any::type_name;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::until;
use crate::threads::stay_asleep;

/// Preparation for [`alone`]: a network of its own, with nothing in it but loopback.
pub const OWN_NETWORK: [&str; 6] = [
    "unshare",
    "-Urn",
    "sh",
    "-c",
    "ip link set lo up && exec \"$@\"",
    "sh",
];

/// Preparation for [`alone`]: at most 40 open descriptors.
pub const FEW_DESCRIPTORS: [&str; 4] = ["sh", "-c", "ulimit -n 40 && exec \"$@\"", "sh"];

/// Set in a process that runs one experiment alone.
const ALONE: &str = "WORKBOOK_EXPERIMENT_ALONE";

/// How long such a process may run.
const LIMIT: Duration = Duration::from_mins(1);

/// Runs `experiment` in a process of its own, started after `preparation`, for what would disturb
/// the other tests or needs rights that a test has not got. Where the preparation is not possible
/// the test says so and is skipped.
#[track_caller]
pub fn alone<F: FnOnce()>(preparation: &[&str], experiment: F) {
    alone_while(preparation, experiment, |_| {});
}

/// The same, while `meanwhile` sees the process from outside, by its id.
#[track_caller]
pub fn alone_while<F: FnOnce()>(preparation: &[&str], experiment: F, meanwhile: impl FnOnce(u32)) {
    if env::var_os(ALONE).is_some() {
        experiment();
        return;
    }
    // The closure's type is called after the test it stands in: `claims::states::c092_…::{{closure}}`.
    let test = type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, test) = test.split_once("::").unwrap_or(("", test));
    if let Err(reason) = try_out(preparation) {
        let name = test.rsplit("::").next().unwrap_or(test);
        // Written to the descriptor itself: the test harness would swallow a println.
        let _ = writeln!(io::stderr(), "SKIPPED {name}: {reason}");
        return;
    }
    let this = env::current_exe().unwrap();
    let mut child = prepared(preparation, &this, &["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = in_background(child.stdout.take().unwrap());
    let stderr = in_background(child.stderr.take().unwrap());
    meanwhile(child.id());
    let deadline = Instant::now() + LIMIT;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.to_string(),
            None if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                break format!("no end within {LIMIT:?}");
            }
        }
    };
    let said = stdout.join().unwrap();
    assert!(
        status == "exit status: 0" && said.contains("1 passed"),
        "alone, {test} ended with {status} and said:\n{said}{}",
        stderr.join().unwrap()
    );
}

/// `command`, to be started by what prepares it.
fn prepared(preparation: &[&str], command: &Path, arguments: &[&str]) -> Command {
    let mut words = preparation.iter().map(Path::new).chain([command]);
    let mut prepared = Command::new(words.next().unwrap_or(command));
    prepared.args(words).args(arguments);
    prepared
}

/// Whether the preparation is possible here; if not, why not.
fn try_out(preparation: &[&str]) -> Result<(), String> {
    let tried = prepared(preparation, Path::new("true"), &[]).output();
    let output = tried.map_err(|error| format!("{}: {error}", preparation.join(" ")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.trim().replace('\n', " "))
}

/// Reads a pipe to its end, so that nobody blocks in a write to it.
fn in_background(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits until all threads of a process sleep: its experiment is in the call that it is about. A
/// process that has ended meanwhile will do, too: how it ended is looked at later.
pub fn until_asleep(pid: u32) {
    until("it sleeps", || stay_asleep(pid));
}

/// Stops a process and lets it go on: a signal that has no handler.
pub fn stop_and_go(pid: u32) {
    let process = Pid::from_raw(pid.try_into().unwrap());
    kill(process, Signal::SIGSTOP).unwrap();
    until("it is stopped", || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // A zombie, if it has ended meanwhile.
        stat.contains(") T ") || stat.contains(") Z ")
    });
    kill(process, Signal::SIGCONT).unwrap();
}

/// Sets a parameter of the network that this process is in, such as `ipv4/tcp_fin_timeout`.
pub fn set_parameter(name: &str, value: &str) {
    fs::write(Path::new("/proc/sys/net").join(name), value).unwrap();
}
