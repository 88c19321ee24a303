//! What the reactor does with the sockets of [`Io`]: every system call on a connection is here
//! or in [`crate::output`].

use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::epoll::{EpollEvent, EpollFlags};
use socket2::SockRef;
use tracing::trace;

use crate::connection::{ConnId, Connection, PeerSends, Phase};
use crate::io::{Io, Stop};
use crate::output::Sent;
use crate::{Buffer, Closed, trace_names};

/// Bytes that one read takes at most; a connection gets one read a turn.
pub(crate) const READ: usize = 64 * 1024;

/// Unconsumed input up to this size is put before the bytes of the next read; longer input has
/// those bytes appended. Either way the smaller part is copied.
pub(crate) const HEADROOM: usize = 4 * 1024;

/// Output queues that are kept for reuse, and the memory that each may bring along.
const SPARE_OUTPUTS: usize = 1024;
const SPARE_CAPACITY: usize = 16 * 1024;

/// What one read has brought.
pub(crate) enum Received {
    Data,
    /// The peer has finished sending.
    End,
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
        let interest = EpollFlags::EPOLLIN;
        let id = self.connections.next_id();
        self.epoll
            .add(&stream, EpollEvent::new(interest, id.pack()))?;
        trace!(fd = stream.as_raw_fd(), interest = "IN", "register");
        Ok(self.connections.insert(Connection::new(stream, interest)))
    }

    /// Reads once into `scratch`.
    ///
    /// One `recv` is enough, and no second one to hear `EAGAIN`: level-triggered epoll reports
    /// what is left, after the other connections have had their turn.
    pub(crate) fn receive(&mut self, id: ConnId, scratch: &mut Buffer) -> Received {
        let Some(connection) = self.connections.get_mut(id) else {
            return Received::Nothing;
        };
        let room = self.limits.input.saturating_sub(connection.unconsumed());
        let space = scratch.space();
        let room = room.clamp(1, space.len());
        let fd = connection.stream.as_raw_fd();
        match (&connection.stream).read(&mut space[..room]) {
            Ok(0) => {
                trace!(fd, "eof");
                self.received_end(id)
            }
            Ok(count) => {
                trace!(fd, bytes = count, data = &space[..count], "read");
                if connection.phase == Phase::Open {
                    scratch.filled(count);
                    return Received::Data;
                }
                self.drop_input(id, count);
                Received::Nothing
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Received::Nothing,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd, call = "read", "would-block");
                Received::Nothing
            }
            Err(error) => {
                self.failed(id, "read", &error);
                Received::Nothing
            }
        }
    }

    fn received_end(&mut self, id: ConnId) -> Received {
        match self.connections.get_mut(id) {
            Some(connection) if connection.phase == Phase::Open => {
                connection.phase = Phase::Ended;
                // Read interest goes with the next flush. End of file is a level: epoll would
                // report it again and again.
                self.queue_flush(id);
                Received::End
            }
            _ => {
                self.kill(id, Closed::Finished);
                Received::Nothing
            }
        }
    }

    /// Counts input that a lingering connection throws away, and puts an end to it.
    fn drop_input(&mut self, id: ConnId, count: usize) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        connection.dropped = connection.dropped.saturating_add(count as u64);
        if connection.dropped > self.limits.linger_bytes {
            self.kill(id, Closed::Finished);
        }
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
    pub(crate) fn keep_input(
        &mut self,
        id: ConnId,
        lent: Option<Box<Buffer>>,
        scratch: &mut Buffer,
    ) {
        let left = lent.as_deref().unwrap_or(scratch);
        if !left.is_empty()
            && let Some(connection) = self.connections.get_mut(id)
            && connection.is_open()
        {
            let length = left.len();
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
        scratch.restore_headroom(HEADROOM);
    }

    /// Whether input is to be read from `connection` now.
    fn reads(&self, connection: &Connection) -> bool {
        match connection.phase {
            Phase::Open => {
                !connection.full
                    && connection.unconsumed() < self.limits.input
                    && self.stop == Stop::No
            }
            Phase::Lingering => true,
            Phase::Ended | Phase::Closing(_) | Phase::Dead(_) => false,
        }
    }

    /// Whether input is to be read from `id` now.
    pub(crate) fn wants_input(&self, id: ConnId) -> bool {
        self.connections
            .get(id)
            .is_some_and(|connection| self.reads(connection))
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
            let progress = output.pending() < before;
            if output.pending() == 0 {
                recycle(&mut self.spare, connection.output.take());
            }
            match result {
                Ok(how_far) => sent = how_far,
                Err(error) => {
                    self.failed(id, "write", &error);
                    return Flushed::Nothing;
                }
            }
            if progress && matches!(connection.phase, Phase::Closing(_)) {
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

    /// All output of a closing connection is sent: lingers if the peer may still be sending.
    fn sent_all(&mut self, id: ConnId, peer: PeerSends) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let shut = match peer {
            PeerSends::Yes => connection.stream.shutdown(Shutdown::Write),
            PeerSends::No => Err(ErrorKind::NotConnected.into()),
        };
        if shut.is_err() {
            return self.kill(id, Closed::Finished);
        }
        trace!(
            fd = connection.stream.as_raw_fd(),
            how = "write",
            "shutdown"
        );
        connection.phase = Phase::Lingering;
        let deadline = self.clock.after(self.limits.linger);
        self.timers.set(id.slot(), deadline);
    }

    /// Tells epoll what to watch for, if that has changed: input while it is wanted, and room to
    /// write only while output waits for it.
    fn settle_interest(&mut self, id: ConnId, sent: Sent) {
        let Some(connection) = self.connections.get(id) else {
            return;
        };
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, self.reads(connection));
        interest.set(EpollFlags::EPOLLOUT, sent == Sent::UntilFull);
        if interest == connection.interest || matches!(connection.phase, Phase::Dead(_)) {
            return;
        }
        let mut event = EpollEvent::new(interest, id.pack());
        if let Err(errno) = self.epoll.modify(&connection.stream, &mut event) {
            return self.failed(id, "epoll_ctl", &errno.into());
        }
        trace!(
            fd = connection.stream.as_raw_fd(),
            interest = trace_names(interest),
            "re-arm"
        );
        if let Some(connection) = self.connections.get_mut(id) {
            connection.interest = interest;
        }
    }

    /// The deadline of a connection that is being closed has passed.
    pub(crate) fn closing_is_late(&mut self, id: ConnId) {
        match self
            .connections
            .get(id)
            .map(|connection| connection.phase)
        {
            Some(Phase::Lingering) => self.kill(id, Closed::Finished),
            Some(Phase::Closing(_)) => self.kill(id, Closed::TimedOut),
            _ => {}
        }
    }

    /// A system call on `id` has failed for good.
    pub(crate) fn failed(&mut self, id: ConnId, call: &str, error: &io::Error) {
        let Some(connection) = self.connections.get(id) else {
            return;
        };
        trace!(fd = connection.stream.as_raw_fd(), call, %error, "error");
        self.kill(
            id,
            match (connection.phase, error.kind()) {
                (Phase::Lingering, _) => Closed::Finished,
                (_, ErrorKind::UnexpectedEof) => Closed::FileEnded,
                (_, kind) => Closed::Failed(kind),
            },
        );
    }

    /// Marks `id` dead; the end of the turn removes it.
    pub(crate) fn kill(&mut self, id: ConnId, why: Closed) {
        if let Some(connection) = self.connections.get_mut(id)
            && !matches!(connection.phase, Phase::Dead(_))
        {
            connection.phase = Phase::Dead(why);
            self.dead.push(id);
        }
    }

    /// Closes the descriptor of the dead `id` and frees its slot.
    pub(crate) fn bury(&mut self, id: ConnId) -> Option<Closed> {
        let connection = self.connections.remove(id)?;
        self.timers.clear(id.slot());
        let Phase::Dead(why) = connection.phase else {
            return None;
        };
        let fd = connection.stream.as_raw_fd();
        if why != Closed::Finished {
            // With a linger time of zero, close sends RST and frees the kernel's send buffer;
            // otherwise it would go on offering that to a peer which may never read (socket(7)).
            let _ = SockRef::from(&connection.stream).set_linger(Some(Duration::ZERO));
        }
        trace!(fd, why = ?why, "close");
        Some(why)
    }

    pub(crate) fn is_open(&self, id: ConnId) -> bool {
        self.connections
            .get(id)
            .is_some_and(Connection::is_open)
    }
}

fn recycle(spare: &mut Vec<Box<Output>>, output: Option<Box<Output>>) {
}
