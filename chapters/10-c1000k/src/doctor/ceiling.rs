//! How many connections each limit allows.

use super::Machine;
use crate::{RESERVE, tables_for};

/// Which connections are to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// How many are wanted: it decides how many descriptor tables there are.
    pub connections: usize,
    /// Whether each thread gets a table of its own.
    pub own_tables: bool,
    /// Addresses that the clients connect from, if they are on this machine. `None`: all of them are
    /// elsewhere.
    pub sources: Option<u64>,
}

/// How many connections one limit allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The limit, and its value.
    pub name: String,
    /// It allows so many.
    pub connections: u64,
    /// How to raise it.
    pub raise: String,
}

/// What each limit of `machine` allows, the lowest first.
#[must_use]
pub fn ceilings(machine: &Machine, load: &Load) -> Vec<Ceiling> {
    let mut all = Vec::new();
    let mut add = |name: String, connections: u64, raise: String| {
        all.push(Ceiling {
            name,
            connections,
            raise,
        });
    };
    // With both ends here, each connection is two sockets.
    let ends = if load.sources.is_some() { 2 } else { 1 };
    descriptors(machine, load, &mut add);
    if let Some(files) = machine.files {
        add(
            format!(
                "open files of the machine (fs.file-max): {} left",
                grouped(files)
            ),
            files / ends,
            format!("sudo sysctl fs.file-max={}", files.saturating_mul(4)),
        );
    }
    if let (Some(ports), Some(sources)) = (machine.ports, load.sources) {
        add(
            format!(
                "local ports (net.ipv4.ip_local_port_range): {} for each of {sources} source addresses",
                grouped(ports)
            ),
            ports.saturating_mul(sources),
            if ports < 60_000 {
                "sudo sysctl net.ipv4.ip_local_port_range='1024 65535', or --sources".to_owned()
            } else {
                "more source addresses: --sources".to_owned()
            },
        );
    }
    if let Some(watches) = machine.watches {
        add(
            format!(
                "what epoll may watch (fs.epoll.max_user_watches): {}",
                grouped(watches)
            ),
            watches / ends,
            format!(
                "sudo sysctl fs.epoll.max_user_watches={}",
                watches.saturating_mul(4)
            ),
        );
    }
    if let Some(tracked) = machine.tracked {
        add(
            format!(
                "connections the firewall keeps track of (net.netfilter.nf_conntrack_max): {} left",
                grouped(tracked)
            ),
            tracked,
            format!(
                "sudo sysctl net.netfilter.nf_conntrack_max={}, or --in-own-network",
                tracked.saturating_mul(4)
            ),
        );
    }
    if let (Some(memory), Some(each)) = (machine.memory, machine.per_end) {
        let each = each.max(1) * ends;
        add(
            format!(
                "memory: {} MiB left, and a connection costs the kernel {} bytes here",
                grouped(memory >> 20),
                grouped(each)
            ),
            memory / each,
            "more memory, or clients on another machine".to_owned(),
        );
    }
    all.sort_by_key(|ceiling| ceiling.connections);
    all
}

/// What the limits on descriptors allow: on one table, or on as many as there are to be.
fn descriptors(machine: &Machine, load: &Load, add: &mut impl FnMut(String, u64, String)) {
    let (soft, hard) = machine.descriptors;
    let reserve = RESERVE as u64;
    let most = machine.descriptors_at_most.unwrap_or(u64::MAX);
    if load.own_tables {
        let room = usize::try_from(hard).unwrap_or(usize::MAX);
        let tables = tables_for(load.connections, room).unwrap_or(1) as u64;
        let each = grouped(hard);
        add(
            format!("descriptors of {tables} tables, {each} in each (ulimit -Hn)"),
            hard.saturating_sub(reserve).saturating_mul(tables),
            "more loops, each with a table of its own: --loops".to_owned(),
        );
        return;
    }
    add(
        format!("descriptors of one table (ulimit -n): {}", grouped(soft)),
        soft.saturating_sub(reserve),
        if soft < hard {
            format!("ulimit -n {hard}")
        } else {
            format!("sudo prlimit --pid $$ --nofile={most}:{most}")
        },
    );
    add(
        format!("descriptors of one table (fs.nr_open): {}", grouped(most)),
        most.saturating_sub(reserve),
        "sudo sysctl fs.nr_open=2147483584".to_owned(),
    );
}

/// A number with a comma between its thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
