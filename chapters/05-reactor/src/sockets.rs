//! What the reactor does with the sockets of [`Io`]: reading, flushing, and telling epoll.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use nix::sys::epoll::{EpollEvent, EpollFlags};
use tracing::{Level, enabled, trace};

use crate::armed::{Armed, short_read_is_all};
use crate::connection::{ConnId, Connection, Phase};
use crate::io::Io;
use crate::output::Sent;
use crate::received::{Left, Received};
use crate::{Buffer, flag_names};

/// Unconsumed input up to this size is put before the bytes of the next read; longer input has
/// those bytes appended. Either way the smaller part is copied.
pub(crate) const HEADROOM: usize = 4 * 1024;

/// Output queues that are kept for reuse, and the memory that each may bring along.
const SPARE_OUTPUTS: usize = 256;
const SPARE_CAPACITY: usize = 16 * 1024;

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
        let connection = Connection::new(stream);
        let interest = connection.armed.flags();
        let event = EpollEvent::new(interest, id.pack());
        self.epoll.add(&connection.stream, event)?;
        let fd = connection.stream.as_raw_fd();
        trace!(fd, interest = flag_names(interest), "register");
        Ok(self.connections.insert(connection))
    }

    // ANCHOR: receive
    /// Reads once into `scratch`, after `report`.
    ///
    /// There is no second `recv` to hear `EAGAIN`: if one doesn't bring as much as it may, no more
    /// is there, unless something has cut it short.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub(crate) fn receive(
        &mut self,
        id: ConnId,
        report: EpollFlags,
        scratch: &mut Buffer,
    ) -> Received {
        let Some(connection) = self.connections.get(id) else {
            return Received::Unwanted; // stale: the connection ended earlier in this batch
        };
        let room = connection.room(self.room, self.limits.input);
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
        let left = if count < room && short_read_is_all(report) {
            Left::Nothing
        } else {
            Left::Perhaps
        };
        match (&connection.input, &connection.output) {
            (None, None) => Received::Data(left),
            _ => Received::MoreData(left),
        }
    }
    // ANCHOR_END: receive

    #[cold]
    fn received_nothing(&mut self, id: ConnId, result: io::Result<usize>) -> Received {
        let Some(connection) = self.connections.get_mut(id) else {
            return Received::Unwanted;
        };
        let fd = connection.stream.as_raw_fd();
        match result {
            Ok(_) => {
                trace!(fd, "eof");
                connection.phase = Phase::Ended;
                Received::End
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd, call = "read", "would-block");
                Received::Nothing
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Received::Error,
            Err(error) => {
                self.failed(id, "read", &error);
                Received::Error
            }
        }
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
        Received::Unwanted
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
        }
        scratch.clear();
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

    /// A report of `id` has been taken, and there may be more: the flush arms the connection anew,
    /// if its input is wanted, and it queues up behind the others that are ready.
    #[cold]
    pub(crate) fn spend_edge(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.armed.spend();
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
    /// Tells epoll what to watch for, unless the connection is armed with that: input while it is
    /// wanted, and room to write only while output waits for it. A spent edge is armed anew.
    fn settle_interest(&mut self, id: ConnId, sent: Sent) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        if matches!(connection.phase, Phase::Dead(_)) {
            return;
        }
        let mut interest = EpollFlags::empty();
        let reads = connection.room(self.room, self.limits.input) > 0
            || connection.phase == Phase::Lingering;
        interest.set(EpollFlags::EPOLLIN, reads);
        interest.set(EpollFlags::EPOLLOUT, sent == Sent::UntilFull);
        let needed = if interest == EpollFlags::EPOLLIN && connection.phase == Phase::Open {
            Armed::Edge
        } else {
            Armed::Level(interest)
        };
        if connection.armed == needed {
            return;
        }
        let mut event = EpollEvent::new(needed.flags(), id.pack());
        if let Err(errno) = self.epoll.modify(&connection.stream, &mut event) {
            return self.failed(id, "epoll_ctl", &errno.into());
        }
        connection.armed = needed;
        let fd = connection.stream.as_raw_fd();
        trace!(fd, interest = flag_names(needed.flags()), "re-arm");
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
