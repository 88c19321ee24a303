//! What the reactor does with the sockets of [`Io`]: every system call on a connection is here
//! in [`crate::output`] or [`crate::closing`].

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use nix::sys::epoll::{EpollEvent, EpollFlags};
use tracing::{Level, enabled, trace};

use crate::connection::{ConnId, Connection, Phase};
use crate::io::Io;
use crate::output::Sent;
use crate::{Buffer, flag_names};

/// What a connection is watched for that only waits for input: by edge, so that its turn comes in
/// the order in which input came. By level, epoll keeps those whom it has just reported at the head
/// of its list, before all who have waited meanwhile.
const INPUT: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLET);

/// Unconsumed input up to this size is put before the bytes of the next read; longer input has
/// those bytes appended. Either way the smaller part is copied.
pub(crate) const HEADROOM: usize = 4 * 1024;

/// Output queues that are kept for reuse, and the memory that each may bring along.
const SPARE_OUTPUTS: usize = 256;
const SPARE_CAPACITY: usize = 16 * 1024;

/// What one read has brought.
#[derive(Clone, Copy)]
pub(crate) enum Received {
    /// All the input there is, and no output is queued. A read that is full may have left some.
    Data {
        full: bool,
    },
    /// Input of a connection that has kept some, or has output queued.
    MoreData {
        full: bool,
    },
    /// The peer has finished sending.
    End,
    /// Input of a lingering connection.
    Dropped,
    Nothing,
}

/// What a flush has changed.
#[derive(PartialEq, Eq)]
pub(crate) enum Flushed {
    /// The output was full and has drained.
    Drained,
    Nothing,
}

impl Io {
    /// Takes a stream into the table and has epoll watch it.
    pub(crate) fn insert(&mut self, stream: TcpStream) -> nix::Result<ConnId> {
        let id = self.connections.next_id();
        self.epoll.add(&stream, EpollEvent::new(INPUT, id.pack()))?;
        let interest = flag_names(INPUT);
        trace!(fd = stream.as_raw_fd(), interest, "register");
        Ok(self.connections.insert(Connection::new(stream, INPUT)))
    }

    // ANCHOR: receive
    /// Reads once into `scratch`.
    ///
    /// There is no second `recv` to hear `EAGAIN`: if one doesn't bring as much as it may, no more
    /// is there.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub(crate) fn receive(&mut self, id: ConnId, scratch: &mut Buffer) -> Received {
        let Some(connection) = self.connections.get(id) else {
            return Received::Nothing; // stale: the connection ended earlier in this batch
        };
        let room = self.room(connection);
        if room == 0 {
            return self.receive_unwanted(id, scratch);
        }
        let result = (&connection.stream).read(scratch.space(HEADROOM, room));
        let Ok(count @ 1..) = result else {
            return self.received_nothing(id, result);
        };
        scratch.filled(HEADROOM, count);
        if enabled!(Level::TRACE) {
            trace_read(&connection.stream, scratch);
        }
        let full = count == room;
        match (&connection.input, &connection.output) {
            (None, None) => Received::Data { full },
            _ => Received::MoreData { full },
        }
    }
    // ANCHOR_END: receive

    #[cold]
    fn received_nothing(&mut self, id: ConnId, result: io::Result<usize>) -> Received {
        let Some(connection) = self.connections.get_mut(id) else {
            return Received::Nothing;
        };
        let fd = connection.stream.as_raw_fd();
        match result {
            Ok(_) => {
                trace!(fd, "eof");
                connection.phase = Phase::Ended;
                // Read interest goes with the next flush: while output waits for room, the end of
                // file would be reported again and again.
                self.queue_flush(id);
                return Received::End;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => self.ask_again(id),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd, call = "read", "would-block");
            }
            Err(error) => self.failed(id, "read", &error),
        }
        Received::Nothing
    }

    /// Input has come to a connection that doesn't read. If it lingers, that is thrown away.
    #[cold]
    fn receive_unwanted(&mut self, id: ConnId, scratch: &mut Buffer) -> Received {
        if let Some(connection) = self.connections.get(id)
            && connection.phase == Phase::Lingering
        {
            let result = (&connection.stream).read(scratch.space(HEADROOM, self.limits.read));
            if let Ok(bytes @ 1..) = result {
                let fd = connection.stream.as_raw_fd();
                trace!(fd, bytes, "discard");
            }
            self.drop_input(id, result);
            return Received::Dropped;
        }
        Received::Nothing
    }

    /// Takes the input of `id` for a callback: the kept buffer with what is in `scratch` behind
    /// it, or `None` if `scratch` holds it all.
    pub(crate) fn lend_input(&mut self, id: ConnId, scratch: &mut Buffer) -> Option<Box<Buffer>> {
        let mut kept = self.connections.get_mut(id)?.input.take()?;
        if scratch.prepend(&kept) {
            return None;
        }
        kept.extend(scratch);
        Some(kept)
    }

    /// Keeps what a callback has left unconsumed; without such bytes, no memory is kept.
    #[inline(never)]
    pub(crate) fn keep_input(
        &mut self,
        id: ConnId,
        lent: Option<Box<Buffer>>,
        scratch: &mut Buffer,
    ) {
        let length = lent.as_deref().unwrap_or(scratch).len();
        if length > 0
            && let Some(connection) = self.connections.get_mut(id)
            && connection.is_open()
        {
            connection.input = match lent {
                // A buffer far larger than its content is exchanged for one that fits.
                Some(kept) if kept.capacity() <= 4 * length => Some(kept),
                Some(kept) => Some(Box::new(Buffer::from(&kept[..]))),
                None => Some(Box::new(Buffer::from(&scratch[..]))),
            };
            if length >= self.limits.input {
                self.queue_flush(id); // which turns read interest off
            }
        }
        scratch.clear();
    }

    /// How many bytes to read from `connection` now; 0 if its input isn't wanted.
    #[inline]
    fn room(&self, connection: &Connection) -> usize {
        if connection.phase != Phase::Open || connection.full {
            return 0;
        }
        match &connection.input {
            None => self.room,
            Some(kept) => self.room.min(self.limits.input.saturating_sub(kept.len())),
        }
    }

    /// Has `id` flushed, and its interest settled, at the end of the turn.
    pub(crate) fn queue_flush(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id)
            && !connection.flush_queued
        {
            connection.flush_queued = true;
            self.unflushed.push(id);
        }
    }

    /// Has epoll asked at the end of the turn what there is for `id`: a connection that is watched
    /// by edge isn't reported again for what has been left.
    #[cold]
    pub(crate) fn ask_again(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.interest == Some(INPUT)
        {
            connection.interest = None;
            self.queue_flush(id);
        }
    }

    /// Sends what is queued for `id` as far as the socket and the limit allow, goes on with
    /// closing, and settles what epoll watches for.
    pub(crate) fn flush(&mut self, id: ConnId) -> Flushed {
        let Some(connection) = self.connections.get_mut(id) else {
            return Flushed::Nothing;
        };
        connection.flush_queued = false;
        if let Phase::Dead(_) = connection.phase {
            return Flushed::Nothing;
        }
        let mut sent = Sent::All;
        if let Some(output) = &mut connection.output {
            let before = output.pending();
            let result = output.send(&connection.stream, self.limits.write);
            connection.moved |= output.pending() < before;
            if output.pending() == 0 {
                let emptied = connection.output.take();
                let few = self.spare.len() < SPARE_OUTPUTS;
                self.spare
                    .extend(emptied.filter(|output| few && output.capacity() <= SPARE_CAPACITY));
            }
            match result {
                Ok(how_far) => sent = how_far,
                Err(error) => {
                    self.failed(id, "write", &error);
                    return Flushed::Nothing;
                }
            }
            if sent != Sent::All
                && matches!(connection.phase, Phase::Closing(_))
                && !self.timers.is_set(id.slot())
            {
                let deadline = self.clock.after(self.limits.close);
                self.timers.set(id.slot(), deadline);
            }
        }
        let drained = connection.full && connection.pending() < self.limits.low_water;
        if drained {
            connection.full = false;
        }
        if let (Sent::All, Phase::Closing(peer)) = (sent, connection.phase) {
            self.sent_all(id, peer);
        }
        if sent == Sent::UntilLimit {
            self.queue_flush(id); // the rest is for the next turn
        }
        self.settle_interest(id, sent);
        if drained {
            Flushed::Drained
        } else {
            Flushed::Nothing
        }
    }

    // ANCHOR: settle
    /// Tells epoll what to watch for, if that has changed: input while it is wanted, and room to
    /// write only while output waits for it.
    fn settle_interest(&mut self, id: ConnId, sent: Sent) {
        let Some(connection) = self.connections.get(id) else {
            return;
        };
        let mut interest = EpollFlags::empty();
        let reads = self.room(connection) > 0 || connection.phase == Phase::Lingering;
        interest.set(EpollFlags::EPOLLIN, reads);
        interest.set(EpollFlags::EPOLLOUT, sent == Sent::UntilFull);
        if interest == EpollFlags::EPOLLIN && connection.phase == Phase::Open {
            interest = INPUT;
        }
        if connection.interest == Some(interest) || matches!(connection.phase, Phase::Dead(_)) {
            return;
        }
        let mut event = EpollEvent::new(interest, id.pack());
        if let Err(errno) = self.epoll.modify(&connection.stream, &mut event) {
            return self.failed(id, "epoll_ctl", &errno.into());
        }
        trace!(
            fd = connection.stream.as_raw_fd(),
            interest = flag_names(interest),
            "re-arm"
        );
        if let Some(connection) = self.connections.get_mut(id) {
            connection.interest = Some(interest);
        }
    }
    // ANCHOR_END: settle

    pub(crate) fn is_open(&self, id: ConnId) -> bool {
        self.connections.get(id).is_some_and(Connection::is_open)
    }
}

/// As [`crate::output`] does: out of the way of those who don't trace.
#[cold]
#[inline(never)]
fn trace_read(stream: &TcpStream, bytes: &[u8]) {
    let fd = stream.as_raw_fd();
    trace!(fd, bytes = bytes.len(), data = bytes, "read");
}

#[cfg(test)]
mod tests;
