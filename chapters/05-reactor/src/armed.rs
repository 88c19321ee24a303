//! What epoll watches a connection for, and whether it is still going to report its input.

use nix::sys::epoll::EpollFlags;

/// Interest of a connection that only waits for input: edge-triggered, so that turns are taken in
/// the order in which input arrived. Level-triggered, epoll keeps a connection that it has just
/// reported at the head of its list, before all that have become ready since.
const INPUT: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLET);

/// What is reported beside input when a read may end before its time: behind the end of file, an
/// error or an urgent byte there may be more (tcp(7)).
const CUTS_A_READ: EpollFlags = EpollFlags::EPOLLRDHUP
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLERR)
    .union(EpollFlags::EPOLLHUP);

/// What a connection is armed with.
///
/// ```text
///            epoll_ctl                   a report
///          ┌───────────► Edge ─────────────────────────────► Spent
///          │              ▲                                    │
///   Level(flags)          │ a short read of input alone, or    │
///          ▲              │ EAGAIN: no more is there           │
///          │              ├────────────────────────────────────┤
///          │              │ epoll_ctl: input is wanted         │
///          │                                                   │
///          └─── epoll_ctl: output waits, or no input is wanted ┘
/// ```
///
/// An edge is reported once. Input that is still there afterwards is never reported again, unless
/// more arrives: a connection that stayed `Spent` would be deaf. So each flush compares what a
/// connection is armed with to what it needs, and nothing ever needs `Spent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Armed {
    /// For input, edge-triggered: all that there was has been read, and more will be reported.
    Edge,
    /// As `Edge`, but it has been reported, and there may be more.
    Spent,
    /// For these flags, level-triggered: what is left is reported again.
    Level(EpollFlags),
}

impl Armed {
    /// What to tell epoll.
    pub fn flags(self) -> EpollFlags {
        match self {
            Self::Edge | Self::Spent => INPUT,
            Self::Level(flags) => flags,
        }
    }

    /// A report has been taken.
    #[inline]
    pub fn spend(&mut self) {
        if *self == Self::Edge {
            *self = Self::Spent;
        }
    }

    /// A read has brought less than it had room for. Whether that shows, after `report`, that no
    /// more is there.
    #[inline]
    pub fn read_short(&mut self, report: EpollFlags) -> bool {
        let all = !report.intersects(CUTS_A_READ);
        if all {
            self.read_nothing();
        }
        all
    }

    /// A read has brought nothing (EAGAIN): no more is there.
    #[inline]
    pub fn read_nothing(&mut self) {
        if *self == Self::Spent {
            *self = Self::Edge;
        }
    }
}
