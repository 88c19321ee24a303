//! One connection as the reactor keeps it, and the table of all of them.

use std::io;
use std::net::TcpStream;

use crate::Buffer;
use crate::armed::Armed;
use crate::output::Output;

/// Names one connection for as long as it lives.
///
/// A connection sits in a slot of the reactor's table, and the slot gets another tenant once it is
/// gone. The generation counts the tenants: an id that has outlived its connection matches nobody.
///
/// ```text
///   63          generation          32 31             slot              0
///  ┌───────────────────────────────────┬──────────────────────────────────┐
///  └───────────────────────────────────┴──────────────────────────────────┘
///   packed like this, it travels through the kernel in epoll's 64 bits of data
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(u64);

impl ConnId {
    /// The id that no connection has: descriptors, and so slots, stay below 2^31.
    pub(crate) const NOBODY: Self = Self(u64::MAX);

    /// The first tenant of `slot`.
    fn first(slot: u32) -> Self {
        Self(u64::from(slot))
    }

    /// The next tenant of the same slot. After 2^32 of them, the ids start again.
    fn next(self) -> Self {
        Self(self.0.wrapping_add(1 << 32))
    }

    pub(crate) fn slot(self) -> u32 {
        (self.0 & 0xFFFF_FFFF) as u32
    }

    pub(crate) fn pack(self) -> u64 {
        self.0
    }

    pub(crate) fn unpack(data: u64) -> Self {
        Self(data)
    }
}

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
    /// The peer didn't take its last output in time.
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
    /// Sending what is queued, then no more.
    Closing(PeerSends),
    /// Our direction is closed; what still comes is dropped.
    Lingering,
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

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true or not whatever the others are"
)]
#[derive(Debug)]
pub(crate) struct Connection {
    pub stream: TcpStream,
    pub phase: Phase,
    /// What epoll watches for, so that it is told of changes only.
    pub armed: Armed,
    /// Input that was left unconsumed. None on an idle connection.
    pub input: Option<Box<Buffer>>,
    /// Output that was not sent yet. None on an idle connection.
    pub output: Option<Box<Output>>,
    /// Output has reached the high-water mark, and not fallen below the low one since.
    pub full: bool,
    /// Listed to be flushed at the end of the turn.
    pub flush_queued: bool,
    /// Another `on_data` is owed, whatever the input.
    pub resumed: bool,
    /// The socket has taken output since this was last asked.
    pub moved: bool,
    /// Bytes thrown away while lingering.
    pub dropped: u64,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            phase: Phase::Open,
            armed: Armed::Edge,
            input: None,
            output: None,
            full: false,
            flush_queued: false,
            resumed: false,
            moved: false,
            dropped: 0,
        }
    }

    /// Whether callbacks other than `on_close` may still come.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ended)
    }

    /// How many bytes to read now, where `most` is the limit of a read and `input` that of what is
    /// kept; 0 while no input is wanted.
    #[inline]
    pub fn room(&self, most: usize, input: usize) -> usize {
        if self.phase != Phase::Open || self.full {
            return 0;
        }
        match &self.input {
            None => most,
            Some(kept) => most.min(input.saturating_sub(kept.len())),
        }
    }

    pub fn pending(&self) -> u64 {
        self.output.as_ref().map_or(0, |output| output.pending())
    }
}

/// A place in the table. While it is vacant, `id` is that of the tenant to come.
#[derive(Debug)]
struct Slot {
    id: ConnId,
    connection: Option<Connection>,
}

/// All connections. It grows with the highest number that were ever open at once, and is bounded
/// only by the descriptors that the process may have.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    slots: Vec<Slot>,
    /// The vacant slots; the last to be left is the first to be taken.
    free: Vec<u32>,
}

impl Connections {
    /// The id that the next [`Self::insert`] gives.
    pub fn next_id(&mut self) -> ConnId {
        let slot = self
            .free
            .last()
            .map_or(self.slots.len(), |&slot| slot as usize);
        if slot == self.slots.len() {
            // Each slot stands for a descriptor, and Linux has fewer than 2^31 of those.
            let number = u32::try_from(slot).unwrap_or(u32::MAX);
            self.slots.push(Slot {
                id: ConnId::first(number),
                connection: None,
            });
            self.free.push(number);
        }
        self.slots[slot].id
    }

    pub fn insert(&mut self, connection: Connection) -> ConnId {
        let id = self.next_id();
        self.free.pop();
        self.slots[id.slot() as usize].connection = Some(connection);
        id
    }

    // ANCHOR: remove
    /// Empties the slot of `id` for the next tenant.
    pub fn remove(&mut self, id: ConnId) -> Option<Connection> {
        self.get(id)?;
        let slot = &mut self.slots[id.slot() as usize];
        slot.id = id.next();
        self.free.push(id.slot());
        slot.connection.take()
    }
    // ANCHOR_END: remove

    // ANCHOR: get
    #[inline]
    pub fn get(&self, id: ConnId) -> Option<&Connection> {
        let slot = self.slots.get(id.slot() as usize)?;
        if slot.id != id {
            return None;
        }
        slot.connection.as_ref()
    }
    // ANCHOR_END: get

    #[inline]
    pub fn get_mut(&mut self, id: ConnId) -> Option<&mut Connection> {
        let slot = self.slots.get_mut(id.slot() as usize)?;
        if slot.id != id {
            return None;
        }
        slot.connection.as_mut()
    }

    /// The connection in slot `number`.
    pub fn tenant(&self, number: u32) -> Option<(ConnId, &Connection)> {
        let slot = self.slots.get(number as usize)?;
        Some((slot.id, slot.connection.as_ref()?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (ConnId, &Connection)> {
        self.slots
            .iter()
            .filter_map(|slot| Some((slot.id, slot.connection.as_ref()?)))
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
