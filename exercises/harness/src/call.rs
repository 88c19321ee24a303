//! A function of the reader's, called in a child process.

use std::io::Write;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::DEADLINE;
use crate::answer::{self, PANICKED, Rerun, Role};
use crate::child::{Process, how_it_ended};
use crate::peer::{Waiting, add_end, add_output};
use crate::verdict::Verdict;
use crate::watchdog;
use crate::words::duration;

/// Calls `function` in a child process and returns its result.
///
/// The child is this test binary, run again for the current test alone: all that the test does before
/// this call happens in the child, too (earlier calls of `call` run directly there). The result comes
/// back as JSON.
///
/// # Panics
///
/// With a verdict, if the function panics, ends the process, or takes longer than [`DEADLINE`].
#[track_caller]
pub fn call<T: Serialize + DeserializeOwned>(function: impl FnOnce() -> T) -> T {
    match answer::role(&function) {
        Role::Passing => function(),
        Role::Answer => answer::run_to_the_end(|| answer_with(function)),
        Role::Parent(rerun) => {
            let (process, result) = match run(&rerun) {
                Ok(run) => run,
                Err(error) => panic!("can't call a function in a child process: {error}"),
            };
            match result.and_then(|json| Ok(serde_json::from_slice(&json)?)) {
                Ok(result) => result,
                Err(error) => fail(&process, &error),
            }
        }
    }
}

/// In the child: runs `function` and sends its result to the parent.
fn answer_with<T: Serialize>(function: impl FnOnce() -> T) -> io::Result<()> {
    let mut parent = UnixStream::from(answer::enter()?);
    let result = serde_json::to_vec(&function())?;
    parent.write_all(&result)
}

/// In the parent: starts the child and reads its result.
fn run(rerun: &Rerun) -> io::Result<(Process, io::Result<Vec<u8>>)> {
    let (ours, theirs) = UnixStream::pair()?;
    let process = rerun.start(OwnedFd::from(theirs))?;
    Ok((process, read_to_end(&ours)))
}

fn read_to_end(mut stream: &UnixStream) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + DEADLINE;
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(size) => bytes.extend_from_slice(&chunk[..size]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[track_caller]
fn fail(process: &Process, error: &io::Error) -> ! {
    let timed_out = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
    let patience = if timed_out { Duration::ZERO } else { DEADLINE };
    let mut verdict = Verdict::default();
    let ended = process.wait(patience);
    match ended {
        Some(status) if status.code() == Some(PANICKED) => {
            add_output(&mut verdict, process, "your code has panicked:");
        }
        Some(status) => {
            let how = how_it_ended(status);
            let ended = format!("your code has ended its process ({how})");
            add_end(&mut verdict, process, &ended);
        }
        None => {}
    }
    verdict.row("expected", "a result");
    let received = if timed_out {
        format!("nothing within {}", duration(DEADLINE))
    } else {
        "none".to_owned()
    };
    verdict.row("received", &received);
    if ended.is_none() {
        let report = watchdog::look(process.pid(), Waiting::at_large());
        verdict.lines(["your code hangs:".to_owned()]);
        verdict.lines(report.lines);
        if let Some(conclusion) = report.conclusion {
            verdict.prose("so", &conclusion);
        }
        add_output(&mut verdict, process, "its output so far ends with:");
    }
    verdict.fail()
}
