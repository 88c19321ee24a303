//! The servers, and what `/proc` tells of a running one.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::time::ClockId;
use nix::unistd::Pid;

/// A server as the tables name it.
pub struct Kind {
    pub name: &'static str,
    pub package: &'static str,
    options: &'static [&'static str],
    /// The most connections it can serve, where that is a limit of its own.
    pub limit: usize,
}

impl Kind {
    const fn new(
        name: &'static str,
        package: &'static str,
        options: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            package,
            options,
            limit: usize::MAX,
        }
    }
}

/// All servers, in the order of the chapters.
pub const KINDS: [Kind; 8] = [
    Kind::new("01 threads", "ch01-blocking", &["--threads"]),
    Kind::new("02 spin", "ch02-epoll-lt", &["--wait", "spin"]),
    Kind {
        limit: 1_000, // descriptors below 1,024, a few of which are not connections
        ..Kind::new("02 select", "ch02-epoll-lt", &["--wait", "select"])
    },
    Kind::new("02 poll", "ch02-epoll-lt", &["--wait", "poll"]),
    Kind::new("02 epoll", "ch02-epoll-lt", &["--wait", "epoll"]),
    Kind::new("03 edge", "ch03-epoll-et", &[]),
    Kind::new("04 oneshot", "ch04-oneshot", &["--workers", "4"]),
    Kind::new("05 reactor", "ch05-reactor", &[]),
];

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Kept open: a server may still want to say something.
    _stdout: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `kind` out of the folder `programs`.
    ///
    /// # Errors
    /// If it can't be started, or doesn't say where it listens.
    pub fn start(kind: &Kind, programs: &Path) -> Result<Self> {
        let mut child = Command::new(programs.join(kind.package))
            .args(kind.options)
            .args(["--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", kind.package))?;
        let stdout = child.stdout.take().context("its stdout is a pipe")?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.read_line(&mut line);
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            read?;
            ensure!(!line.is_empty(), "{} ended at once", kind.package);
            anyhow::bail!("{} began with {line:?}", kind.package);
        };
        Ok(Self {
            child,
            _stdout: stdout,
            address,
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory that it alone is charged for, in bytes: shared pages are divided among their users
    /// (Pss, `proc_pid_smaps(5)`).
    ///
    /// # Errors
    /// If the process is gone.
    pub fn memory(&self) -> Result<f64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid()))?;
        let kib: f64 = number_after(&rollup, "Pss:").context("no Pss in smaps_rollup")?;
        Ok(kib * 1024.0)
    }

    /// How often its threads have gone to sleep so far, and thus been woken.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn wakeups(&self) -> Result<f64> {
        let mut sum = 0.0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid()))? {
            let status = fs::read_to_string(task?.path().join("status"))?;
            sum += number_after(&status, "voluntary_ctxt_switches:").unwrap_or(0.0);
        }
        Ok(sum)
    }

    /// CPU time of all its threads so far.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn cpu(&self) -> Result<Duration> {
        let pid = Pid::from_raw(self.pid().cast_signed());
        let clock = ClockId::pid_cpu_clock_id(pid)?;
        Ok(Duration::from(clock.now()?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number in the line of `text` that begins with `name`.
fn number_after(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_the_beginning_of_its_line() {
        let text = "Rss:  10 kB\nPss_Dirty: 2 kB\nPss:   7 kB\n";
        assert_eq!(number_after(text, "Pss:"), Some(7.0));
        assert_eq!(number_after("nonvoluntary_x: 1\n", "voluntary_x:"), None);
    }
}
