//! A server, and what the kernel says of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::state::Door;

/// A server that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    root: PathBuf,
    addresses: Vec<SocketAddr>,
}

impl Server {
    /// That of a chapter.
    pub fn start(servers: &Path, chapter: u8, address_space: u64) -> Result<Self> {
        let name =
            ["ch05-reactor", "ch06-http", "ch07-websocket", "ch08-chat"][usize::from(chapter - 5)];
        let root = std::env::temp_dir().join(format!("cost-{}", std::process::id()));
        fs::create_dir_all(&root)?;
        fs::write(root.join("small"), "Hello, world\n")?;
        fs::write(root.join("big"), vec![b'x'; 8_000_000])?;
        let limit = if address_space == 0 {
            "unlimited".to_owned()
        } else {
            (address_space * 1024).to_string()
        };
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -v $0 && exec \"$@\"", &limit]);
        command.arg(servers.join(name)).args(["--port", "0"]);
        match chapter {
            6 => drop(command.arg("--root").arg(&root)),
            8 => drop(command.args(["--web-port", "0"])),
            _ => {}
        }
        let child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("starting a server")?;
        let mut server = Self {
            child,
            root,
            addresses: Vec::new(),
        };
        let stdout = server.child.stdout.take().context("it is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        for _ in 0..if chapter == 8 { 2 } else { 1 } {
            let line = lines
                .next()
                .context("a server has ended: is it built? `just cost` builds it")??;
            let last = line.rsplit(' ').next().unwrap_or_default();
            let address = last.trim_start_matches("http://").trim_end_matches('/');
            server
                .addresses
                .push(address.parse().context("a server says where it listens")?);
        }
        Ok(server)
    }

    pub fn address(&self, door: Door) -> SocketAddr {
        match door {
            Door::First => self.addresses[0],
            Door::Web => self.addresses[self.addresses.len() - 1],
        }
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<String> {
        self.child
            .try_wait()
            .ok()
            .flatten()
            .map(|status| status.to_string())
    }

    /// What it has now.
    pub fn usage(&self) -> Usage {
        let process = format!("/proc/{}", self.child.id());
        let read = |name: &str| fs::read_to_string(format!("{process}/{name}")).unwrap_or_default();
        let nanos = read("schedstat")
            .split(' ')
            .next()
            .and_then(|text| text.parse().ok());
        let resident = read("status").lines().find_map(|line| {
            let kib = line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?;
            kib.trim().parse::<u64>().ok()
        });
        let descriptors = fs::read_dir(format!("{process}/fd")).map_or(0, Iterator::count);
        Usage {
            resident: resident.unwrap_or_default() / 1024,
            kernel: kernel(),
            descriptors,
            processor: Duration::from_nanos(nanos.unwrap_or_default()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// What a server has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Memory of its own, in MiB (`VmRSS`).
    pub resident: u64,
    /// Memory of the kernel for all TCP sockets of the machine, in MiB; the strangers' are among them.
    pub kernel: u64,
    pub descriptors: usize,
    /// Time of the processor, so far.
    pub processor: Duration,
}

fn kernel() -> u64 {
    let text = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let tcp = text.lines().find(|line| line.starts_with("TCP:"));
    let pages = tcp.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    pages.unwrap_or_default() * 4 / 1024
}
