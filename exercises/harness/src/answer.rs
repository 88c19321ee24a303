//! The reader's code in a process of its own: the test runs itself again, and the copy becomes the
//! answer.
//!
//! ```text
//! test process                          child: the same test binary, the same test
//! Server::answer(f)                     …
//!   bind a listener                     Server::answer(f)
//!   start the child ──── as stdin ───▶    take the listener from stdin
//!   return a Server                       f(listener), then exit
//! ```
//!
//! A panic, an exit or an endless loop of the answer thus ends or hangs the child alone. Its memory is
//! bounded, and what it starts ends with it.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::{Command, ExitCode, Stdio, Termination, exit};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{any, env, thread};

use nix::sys::{prctl, signal::Signal};
use nix::unistd::dup2_stdin;

use crate::child::Process;
use crate::{family, limits};

/// Holds, in the child, the number of the call it is to run and the pid of its parent.
pub(crate) const VARIABLE: &str = "WORKBOOK_ANSWER";

/// The exit code of a child whose answer has panicked: Rust's own.
pub(crate) const PANICKED: i32 = 101;

/// Which part of the play this process has when it reaches a call.
pub(crate) enum Role {
    /// It is the test: start a child that runs this call.
    Parent(Rerun),
    /// It is the child, and this is the call it was started for.
    Answer,
    /// It is the child, on its way to a later call.
    Passing,
}

/// How to run the current test again, up to its `number`th call.
pub(crate) struct Rerun {
    test: String,
    number: usize,
}

/// Finds out the role of this process; `answer` is the closure or function to be run.
pub(crate) fn role<F>(answer: &F) -> Role {
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    static CALLS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
    if let Some((wanted, _)) = in_child() {
        return match PASSED.fetch_add(1, Ordering::Relaxed) {
            number if number == wanted => Role::Answer,
            _ => Role::Passing,
        };
    }
    let test = current_test(any::type_name_of_val(answer));
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let next = calls
        .get_or_insert_default()
        .entry(test.clone())
        .or_default();
    let number = *next;
    *next += 1;
    Role::Parent(Rerun { test, number })
}

/// In a child: the number of the call it was started for, and the pid of its parent.
pub(crate) fn in_child() -> Option<(usize, u32)> {
    let value = env::var(VARIABLE).ok()?;
    let (number, parent) = value.split_once(' ')?;
    Some((number.parse().ok()?, parent.parse().ok()?))
}

impl Rerun {
    /// Whether this is the first such call of the test.
    pub(crate) fn is_first(&self) -> bool {
        self.number == 0
    }

    /// Starts the child with `stdin` as its standard input.
    pub(crate) fn start(&self, stdin: OwnedFd) -> io::Result<Process> {
        let mut command = Command::new(env::current_exe()?);
        command
            .args([
                self.test.as_str(),
                "--exact",
                "--nocapture",
                "--include-ignored",
                "--test-threads=1",
            ])
            .env(VARIABLE, format!("{} {}", self.number, std::process::id()))
            .stdin(Stdio::from(stdin));
        family::adopt_orphans()?;
        Process::start(&mut command)
    }
}

/// In the child: makes sure that it dies with its parent, and takes over its standard input.
pub(crate) fn enter() -> io::Result<OwnedFd> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    family::adopt_orphans()?;
    limits::bound_memory()?;
    if in_child().is_none_or(|(_, parent)| parent != std::os::unix::process::parent_id()) {
        exit(1); // the parent was gone before the line above
    }
    prctl::set_name(c"answer")?;
    panic::set_hook(shortened());
    println!(); // the test harness has begun a line with the test's name
    let given = io::stdin().as_fd().try_clone_to_owned()?;
    // A second descriptor would keep the listener open after the answer has closed its own.
    dup2_stdin(File::open("/dev/null")?)?;
    Ok(given)
}

/// Tells of a panic in two lines; the answer's own thread still bears the test's name.
fn shortened() -> Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync> {
    let answer = thread::current().id();
    Box::new(move |info| {
        let thread = thread::current();
        let name = match thread.name() {
            _ if thread.id() == answer => "answer",
            Some(name) => name,
            None => "without a name",
        };
        eprintln!("thread {name} {info}");
    })
}

/// In the child: runs the answer and ends the process as its `main` would.
pub(crate) fn run_to_the_end<R: Termination>(answer: impl FnOnce() -> R) -> ! {
    let outcome = catch_unwind(AssertUnwindSafe(|| answer().report()));
    exit(match outcome {
        Ok(code) if code == ExitCode::SUCCESS => 0,
        Ok(_) => 1,
        Err(_) => PANICKED,
    })
}

/// The full name of the test that calls this.
///
/// Its thread bears it; where tests run on the main thread, the type of a closure written in the test
/// tells it, like `crate::module::test::{{closure}}`.
fn current_test(type_name: &str) -> String {
    if let Some(name) = thread::current().name().filter(|name| *name != "main") {
        return name.to_owned();
    }
    let around = type_name.trim_end_matches("::{{closure}}");
    around
        .split_once("::")
        .map_or(around, |(_, path)| path)
        .to_owned()
}
