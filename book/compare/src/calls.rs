//! How many system calls a server makes, counted by `strace -c`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::Result;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

/// Counts the system calls of process `pid` and all its threads while `load` runs.
///
/// `None` if there is no strace here, or it isn't allowed to trace (`ptrace(2)`). Tracing slows the
/// server down, so nothing but the count may be taken from this run.
///
/// # Errors
/// What `load` failed with.
pub fn during<T>(pid: u32, load: impl FnOnce() -> Result<T>) -> Result<Option<(u64, T)>> {
    let started = Command::new("strace")
        .args(["-c", "-f", "-p", &pid.to_string()])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut strace) = started else {
        return Ok(None);
    };
    let mut said = String::new();
    let mut stderr = strace.stderr.take().map(BufReader::new);
    if let Some(stderr) = &mut stderr {
        // "strace: Process 42 attached with 5 threads", or why it could not.
        stderr.read_line(&mut said)?;
    }
    let result = if said.contains(" attached") {
        Some(load())
    } else {
        None
    };
    // At SIGINT it lets the process go, and prints the table.
    let _ = signal::kill(Pid::from_raw(strace.id().cast_signed()), Signal::SIGINT);
    if let Some(mut stderr) = stderr {
        stderr.read_to_string(&mut said)?;
    }
    strace.wait()?;
    let Some(result) = result else {
        return Ok(None);
    };
    Ok(Some((sum(&said), result?)))
}

/// The sum of the column `calls`.
///
/// ```text
/// % time     seconds  usecs/call     calls    errors syscall
/// ------ ----------- ----------- --------- --------- ----------------
///  60.00    0.000006           0        30        10 read
/// ------ ----------- ----------- --------- --------- ----------------
/// 100.00    0.000010           0        45        10 total
/// ```
fn sum(table: &str) -> u64 {
    let rows = table.lines().filter(|row| !row.ends_with(" total"));
    rows.filter_map(|row| {
        let columns: Vec<&str> = row.split_whitespace().collect();
        columns.first()?.parse::<f64>().ok()?;
        columns.get(3)?.parse::<u64>().ok()
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_of_all_rows_are_summed() {
        let table = "strace: Process 42 attached\n\
            % time     seconds  usecs/call     calls    errors syscall\n\
            ------ ----------- ----------- --------- --------- ----------------\n \
             60.00    0.000006           0        30        10 read\n \
             40.00    0.000004           0        15           write\n\
            ------ ----------- ----------- --------- --------- ----------------\n\
            100.00    0.000010           0        45        10 total\n";
        assert_eq!(sum(table), 45);
    }
}
