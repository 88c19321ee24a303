//! What a connection costs the kernel, measured on the spot.

use std::io;
use std::net::{TcpListener, TcpStream};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

use super::machine::{meminfo, tracked_connections};
use crate::descriptors;

/// Connections that are opened for it: enough that the kernel's caches, which grow by pages for each
/// CPU, don't matter much.
const PAIRS: usize = 4_000;

/// Memory of the kernel's own that grows with sockets: its object caches, and page tables of its own
/// for long arrays such as descriptor tables. In bytes, all programs' together.
#[must_use]
pub fn kernel_memory() -> Option<u64> {
    Some(meminfo("Slab:")? + meminfo("VmallocUsed:")?)
}

/// What the kernel does with connections.
pub(super) struct Idle {
    /// Bytes of its memory for one end of a connection that does nothing and is watched by epoll.
    pub per_end: u64,
    /// Whether the firewall keeps track of them. It does so only where a rule needs that.
    pub tracked: bool,
}

/// Opens some connections to itself, and looks at the kernel.
///
/// The memory includes what other programs do to the kernel's memory in the meantime: some
/// hundredths of a second.
///
/// # Errors
/// If no connections can be opened.
pub(super) fn measure() -> io::Result<Idle> {
    let pairs = PAIRS.min(descriptors()?.saturating_sub(100) / 2);
    let none = || io::Error::other("too few descriptors to measure with");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let mut ends = Vec::with_capacity(2 * pairs);
    let before = kernel_memory().ok_or_else(none)?;
    for _ in 0..pairs {
        for end in [TcpStream::connect(address)?, listener.accept()?.0] {
            epoll.add(&end, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
            ends.push(end);
        }
    }
    let grown = kernel_memory().ok_or_else(none)?.saturating_sub(before);
    let tracked = tracked_connections().is_some_and(|count| count >= pairs as u64);
    let per_end = grown.checked_div(ends.len() as u64).ok_or_else(none)?;
    Ok(Idle { per_end, tracked })
}
