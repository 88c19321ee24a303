//! The server, in a process of its own: what it uses can be told from what the crowd uses.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

/// What has this program be the server, as an option.
pub const SERVE: &str = "--serve";

/// The server's process; it is killed when this is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        let mut child = command.arg(SERVE).stdout(Stdio::piped()).spawn()?;
        let Some(stdout) = child.stdout.take() else {
            bail!("the server has no standard output");
        };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().context("the server's address")?;
        Ok(Self { child, address })
    }

    /// Memory that it holds, in bytes.
    pub fn memory(&self) -> anyhow::Result<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("VmRSS")?.parse::<usize>()? * 1024)
    }

    /// The time that a processor has worked for it.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let schedule = fs::read_to_string(format!("/proc/{}/schedstat", self.child.id()))?;
        let nanoseconds = schedule.split(' ').next().context("schedstat")?;
        Ok(Duration::from_nanos(nanoseconds.parse()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
