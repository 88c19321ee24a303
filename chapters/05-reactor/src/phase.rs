//! Where a connection is between its beginning and its end, and why it has ended.

use std::io;

/// Why a connection is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The handler closed it, and all its output was sent.
    Finished,
    /// The handler cut it.
    Aborted,
    /// The connection failed: the peer reset it, or its network is gone.
    Failed(io::ErrorKind),
    /// A file was shorter than the range that was to be sent.
    FileEnded,
    /// Its input has reached [`Limits::input`](crate::Limits::input), and its handler still waits
    /// for the end of a message.
    InputFull,
    /// All connections together held more than [`Limits::memory`](crate::Limits::memory), and this one
    /// was given up for the others.
    OverLimit,
    /// The peer took no output for as long as [`Limits::stall`](crate::Limits::stall), or not all
    /// of it by the deadline that was set.
    TimedOut,
}

impl Closed {
    pub(crate) const RESET: Self = Self::Failed(io::ErrorKind::ConnectionReset);
}

/// ```text
///          peer's end of file            close()
///   Open ────────────────────► Ended ───────────────┐
///     │ close()                                     ▼
///     └──► Closing ──► Lingering ───────────────► Dead ──► (end of the turn: removed)
///           output      peer's end of file,        ▲
///           sent        or time is up              │ abort(), errors: from everywhere
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Receiving and sending.
    Open,
    /// The peer has finished sending.
    Ended,
    /// Sending what is queued, then no more. At `by`, in nanoseconds on the clock, it is cut.
    Closing { peer: PeerSends, by: u64 },
    /// Our direction is closed; `dropped` bytes that came since have been thrown away.
    Lingering { dropped: u64 },
    /// Waits for the end of the turn with its descriptor open, so that the number can't come back
    /// while events for it may still be in the batch.
    Dead(Closed),
}

/// Whether input may still be on its way to a connection that is being closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeerSends {
    Yes,
    No,
}
