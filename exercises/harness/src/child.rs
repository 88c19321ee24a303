//! A child process: its output is read away at once, and it never outlives its owner.

use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::family;

/// What a child may have printed before its oldest output is forgotten.
const KEEP: usize = 1 << 20;
/// A line of last words is cut here.
const LINE: usize = 160;
/// Of last words that begin with a panic, so many lines are the very last.
const LAST: usize = 2;

/// A running or ended child process.
pub(crate) struct Process {
    pid: u32,
    child: Mutex<Child>,
    output: Arc<Output>,
}

impl Process {
    /// Starts `command` with its output captured.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        // Last words are to be short.
        command.env("RUST_BACKTRACE", "0");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = family::start(command)?;
        let output = Arc::new(Output::default());
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        drain(stdout, &output, |printed| &mut printed.stdout);
        drain(stderr, &output, |printed| &mut printed.stderr);
        Ok(Self {
            pid: child.id(),
            child: Mutex::new(child),
            output,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// How it ended, once it has; `None` where `limit` passes before that.
    pub(crate) fn wait(&self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            let status = self.ended();
            if status.is_some() || Instant::now() >= deadline {
                return status;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Kills it, unless it has ended, with all that it has started, and waits until it is gone.
    pub(crate) fn kill(&self) {
        family::end(&mut lock(&self.child));
    }

    /// All that it printed to stdout so far.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&lock(&self.output.printed).stdout).into_owned()
    }

    /// All that it printed to stderr so far.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&lock(&self.output.printed).stderr).into_owned()
    }

    /// Waits until stdout holds a line for which `wanted` has an answer, or until the child closes
    /// stdout or `limit` passes.
    pub(crate) fn find_line<T>(
        &self,
        limit: Duration,
        wanted: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let deadline = Instant::now() + limit;
        let mut printed = lock(&self.output.printed);
        loop {
            let text = String::from_utf8_lossy(&printed.stdout);
            let whole_lines = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
            let found = whole_lines.lines().find_map(&wanted);
            let left = deadline.saturating_duration_since(Instant::now());
            if found.is_some() || printed.closed == 2 || left.is_zero() {
                return found;
            }
            printed = self.output.wait(printed, left);
        }
    }

    /// The last `lines` lines that it printed, without those of the test machinery around it.
    pub(crate) fn last_words(&self, lines: usize) -> Vec<String> {
        self.wait_for_output();
        let (stdout, stderr) = (self.stdout(), self.stderr());
        let words: Vec<&str> = stdout
            .lines()
            .chain(stderr.lines())
            .filter(|line| !is_noise(line))
            .collect();
        let cut = |line: &&str| line.chars().take(LINE).collect();
        let from = words.len().saturating_sub(lines);
        // Where a panic tells much, its place and its first words matter most.
        match words[..from].iter().rposition(|line| is_panic(line)) {
            Some(panic) if lines > LAST => {
                let first = words[panic..].iter().take(lines - LAST).map(cut);
                let last = words[words.len() - LAST..].iter().map(cut);
                first.chain(["…".to_owned()]).chain(last).collect()
            }
            _ => words[from..].iter().map(cut).collect(),
        }
    }

    /// Each panic that it has told of on stderr: where, and the first line of what was said.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.wait_for_output();
        let stderr = self.stderr();
        let mut lines = stderr.lines().peekable();
        let mut panics = Vec::new();
        while let Some(line) = lines.next() {
            if is_panic(line) {
                let said = lines.peek().copied().unwrap_or_default();
                let panic = format!("{line} {said}");
                panics.push(panic.chars().take(LINE).collect());
            }
        }
        panics
    }

    /// Waits until the output of a child that has ended is complete: that takes a moment. (A grandchild
    /// might hold the pipes for ever.)
    fn wait_for_output(&self) {
        if self.ended().is_none() {
            return;
        }
        let deadline = Instant::now() + Duration::from_millis(200);
        let mut printed = lock(&self.output.printed);
        while printed.closed < 2 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            printed = self.output.wait(printed, left);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The line that opens a panic's message.
fn is_panic(line: &str) -> bool {
    line.starts_with("thread ") && line.contains(" panicked at ")
}

/// `exit code 101` or `killed by SIGSEGV`.
pub(crate) fn how_it_ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(number)) => match Signal::try_from(number) {
            Ok(signal) => format!("killed by {signal}"),
            Err(_) => format!("killed by signal {number}"),
        },
        (None, None) => status.to_string(),
    }
}

/// A line of every server, of Rust's test harness around an answer, or advice that doesn't help here.
fn is_noise(line: &str) -> bool {
    line.trim().is_empty()
        || line.starts_with("listening on ")
        || line.starts_with("running 1 test")
        || line.starts_with("test result: ")
        || (line.starts_with("test ") && line.trim_end().ends_with("..."))
        || line.starts_with("note: run with `RUST_BACKTRACE=1`")
}

#[derive(Default)]
struct Printed {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// How many of the two pipes have been closed.
    closed: u8,
}

#[derive(Default)]
struct Output {
    printed: Mutex<Printed>,
    changed: Condvar,
}

impl Output {
    fn wait<'a>(
        &self,
        printed: MutexGuard<'a, Printed>,
        limit: Duration,
    ) -> MutexGuard<'a, Printed> {
        self.changed
            .wait_timeout(printed, limit)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

/// Reads `pipe` in a thread of its own, so that the child never blocks in a write.
fn drain(
    mut pipe: impl Read + Send + 'static,
    output: &Arc<Output>,
    stream: fn(&mut Printed) -> &mut Vec<u8>,
) {
    let output = Arc::clone(output);
    thread::spawn(move || {
        let mut chunk = [0; 8192];
        // `read` on a pipe fails only with EINTR, and these threads handle no signal.
        while let Ok(size @ 1..) = pipe.read(&mut chunk) {
            let mut printed = lock(&output.printed);
            let kept = stream(&mut printed);
            kept.extend_from_slice(&chunk[..size]);
            if kept.len() > KEEP {
                kept.drain(..KEEP / 2);
            }
            output.changed.notify_all();
        }
        lock(&output.printed).closed += 1;
        output.changed.notify_all();
    });
}

/// Locks even after a panic elsewhere: a verdict must still be possible.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
