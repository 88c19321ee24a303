//! What epoll watches a connection for, and whether it is still going to report its input.

use nix::sys::epoll::EpollFlags;

/// Interest of a connection that only waits for input: edge-triggered, so that turns are taken in
/// the order in which input arrived. Level-triggered, epoll keeps a connection that it has just
/// reported at the head of its list, before all that have become ready since.
const INPUT: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLET);

/// What is reported beside input when a read may end before its time: behind an end of file, an
/// error or an urgent byte there may be more (tcp(7)).
const CUTS_A_READ: EpollFlags = EpollFlags::EPOLLRDHUP
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLERR)
    .union(EpollFlags::EPOLLHUP);

/// What a connection is armed with.
///
/// ```text
///              epoll_ctl: input is wanted
///          ┌───────────────────────────────────┐
///          ▼        a report, and no proof     │
///        Edge ─────────────────────────────► Spent
///          │ ▲     that all has been read      │
///          │ │                                 │
///          │ │ epoll_ctl: input is wanted,     │
///          ▼ │ and no output waits             │
///     Level(flags) ◄───────────────────────────┘
///              epoll_ctl: output waits, or no input is wanted
/// ```
///
/// An edge is reported once. Input that is still there afterwards isn't reported again until more
/// arrives, so a connection that stayed `Spent` would be deaf. Therefore each flush compares what
/// a connection is armed with to what it needs, and no connection ever needs `Spent`.
// ANCHOR: armed
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Armed {
    /// For input, edge-triggered: what has been reported has been read, and more will be reported.
    Edge,
    /// As `Edge`, but input that has been reported may still be there.
    Spent,
    /// For these flags, level-triggered: what is left is reported again.
    Level(EpollFlags),
}
// ANCHOR_END: armed

impl Armed {
    /// What to tell epoll.
    pub fn flags(self) -> EpollFlags {
        match self {
            Self::Edge | Self::Spent => INPUT,
            Self::Level(flags) => flags,
        }
    }

    /// A report has been taken, and nothing shows that all of it has been read.
    pub fn spend(&mut self) {
        if *self == Self::Edge {
            *self = Self::Spent;
        }
    }
}

/// Whether a read that has brought less than it had room for shows that no more is there, when
/// `report` was the last that epoll said.
#[inline]
pub(crate) fn short_read_is_all(report: EpollFlags) -> bool {
    !report.intersects(CUTS_A_READ)
}
