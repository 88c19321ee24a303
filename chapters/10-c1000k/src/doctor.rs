//! Which limit stops it, and where.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `doctor/machine.rs` | what this machine allows, read from where it says so |
//! | `doctor/ceiling.rs` | how many connections that makes, limit by limit: a pure function |
//! | `doctor/socket.rs` | what a connection costs the kernel, measured on the spot |

mod ceiling;
mod machine;
mod socket;

use std::fmt::Write;

pub use ceiling::{Ceiling, Load, ceilings, grouped};
pub use machine::Machine;
pub use socket::kernel_memory;

/// The doctor's report: all ceilings, the lowest first, and what to do about that.
#[must_use]
pub fn report(machine: &Machine, load: &Load) -> String {
    let ceilings = ceilings(machine, load);
    let mut text = String::from("  connections  limit\n");
    for ceiling in &ceilings {
        let (number, name) = (grouped(ceiling.connections), &ceiling.name);
        let _ = writeln!(text, "{number:>13}  {name}");
    }
    if let Some(first) = ceilings.first() {
        let number = grouped(first.connections);
        let _ = writeln!(text, "\nIt stops at {number}: {}.", first.name);
        let _ = writeln!(text, "To raise that: {}", first.raise);
    }
    let _ = writeln!(
        text,
        "\nNot a limit on how many, but on how fast: {} connections may wait to be accepted at a \
         time (net.core.somaxconn).",
        grouped(machine.backlog)
    );
    if let Some(pages) = machine.tcp_pages {
        let _ = writeln!(
            text,
            "Not a limit on idle ones: {} may have unread or unsent bytes at a time (net.ipv4.tcp_mem).",
            grouped(pages)
        );
    }
    text
}
