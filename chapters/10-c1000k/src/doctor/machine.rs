//! What this machine allows.

use std::fs;
use std::io;
use std::path::Path;

use nix::sys::resource::{Resource, getrlimit};

use super::socket;

/// What this machine allows a process and all its connections. What can't be read is `None`, and
/// bounds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// `RLIMIT_NOFILE`: descriptors in one table, as it is and as this process may raise it.
    pub descriptors: (u64, u64),
    /// `fs.nr_open`: what `RLIMIT_NOFILE` may be at most.
    pub descriptors_at_most: Option<u64>,
    /// `fs.file-max` less what is open now: files of all processes together.
    pub files: Option<u64>,
    /// Local ports for outgoing connections (`net.ipv4.ip_local_port_range`).
    pub ports: Option<u64>,
    /// Connections that a listener lets wait (`net.core.somaxconn`).
    pub backlog: u64,
    /// What epoll may watch for one user (`fs.epoll.max_user_watches`).
    pub watches: Option<u64>,
    /// Connections that the firewall keeps track of, where one does
    /// (`net.netfilter.nf_conntrack_max`), less those there are.
    pub tracked: Option<u64>,
    /// Pages for the bytes in all sockets (`net.ipv4.tcp_mem`, the last number).
    pub tcp_pages: Option<u64>,
    /// Bytes of memory that are left: those of the machine, or of this process's control group.
    pub memory: Option<u64>,
    /// Bytes that the kernel needs for one end of an idle connection, epoll's share included.
    pub per_end: Option<u64>,
}

impl Machine {
    /// Reads all of it, and opens some connections to itself to see what one costs.
    ///
    /// # Errors
    /// As `getrlimit(2)`.
    pub fn read() -> io::Result<Self> {
        let one = |path: &str| numbers(path)?.first().copied();
        let idle = socket::measure().ok();
        let memory = available().into_iter().chain(group_memory()).min();
        let ports = numbers("/proc/sys/net/ipv4/ip_local_port_range");
        Ok(Self {
            descriptors: getrlimit(Resource::RLIMIT_NOFILE)?,
            descriptors_at_most: one("/proc/sys/fs/nr_open"),
            files: one("/proc/sys/fs/file-max")
                .zip(one("/proc/sys/fs/file-nr"))
                .map(|(most, open)| most.saturating_sub(open)),
            ports: ports.and_then(|range| Some(range.get(1)?.checked_sub(*range.first()?)? + 1)),
            backlog: one("/proc/sys/net/core/somaxconn").unwrap_or(4096),
            watches: one("/proc/sys/fs/epoll/max_user_watches"),
            tracked: one("/proc/sys/net/netfilter/nf_conntrack_max")
                .zip(tracked_connections())
                .filter(|_| idle.as_ref().is_some_and(|idle| idle.tracked))
                .map(|(most, there)| most.saturating_sub(there)),
            tcp_pages: numbers("/proc/sys/net/ipv4/tcp_mem").and_then(|all| all.get(2).copied()),
            memory,
            per_end: idle.map(|idle| idle.per_end),
        })
    }
}

/// The numbers in a file of `/proc/sys`.
fn numbers(path: &str) -> Option<Vec<u64>> {
    let text = fs::read_to_string(path).ok()?;
    let numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    Some(numbers.collect())
}

/// Bytes that new programs may still have (`proc_meminfo(5)`, `MemAvailable`).
fn available() -> Option<u64> {
    meminfo("MemAvailable:")
}

/// Connections that the firewall keeps track of now.
pub(super) fn tracked_connections() -> Option<u64> {
    numbers("/proc/sys/net/netfilter/nf_conntrack_count")?
        .first()
        .copied()
}

/// A line of `/proc/meminfo`, in bytes.
pub(super) fn meminfo(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// What the control group of this process may still use (`cgroups(7)`), in version 2 or 1. Without a
/// limit, version 1 names a number near 2^63.
fn group_memory() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let left = |folder: String, limit: &str, used: &str| {
        let read = |name: &str| {
            numbers(Path::new(&folder).join(name).to_str()?)?
                .first()
                .copied()
        };
        Some(read(limit)?.saturating_sub(read(used)?))
    };
    let mut lowest = None;
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(kind), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        let bytes = match kind {
            "" => left(
                format!("/sys/fs/cgroup{path}"),
                "memory.max",
                "memory.current",
            ),
            "memory" => left(
                format!("/sys/fs/cgroup/memory{path}"),
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
            ),
            _ => None,
        };
        lowest = lowest.into_iter().chain(bytes).min();
    }
    lowest
}
