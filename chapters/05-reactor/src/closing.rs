//! How a connection ends: what is queued goes out, the peer gets time to read it, and the
//! descriptor is closed at the end of a turn.

use std::io::{self, ErrorKind};
use std::mem;
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::time::Duration;

use socket2::SockRef;
use tracing::trace;

use crate::Closed;
use crate::connection::{ConnId, PeerSends, Phase};
use crate::io::Io;

impl Io {
    /// All output of a closing connection is sent: lingers if the peer may still be sending.
    pub(crate) fn sent_all(&mut self, id: ConnId, peer: PeerSends) {
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

    /// Throws away input of a lingering connection, and ends the lingering when the peer has closed
    /// too, or has sent too much.
    pub(crate) fn drop_input(&mut self, id: ConnId, result: io::Result<usize>) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let count = match result {
            Ok(0) => return self.kill(id, Closed::Finished),
            Ok(count) => count as u64,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(error) => return self.failed(id, "read", &error),
        };
        connection.dropped = connection.dropped.saturating_add(count);
        if connection.dropped > self.limits.linger_bytes {
            self.kill(id, Closed::Finished);
        }
    }

    /// The deadline of a connection that is being closed has passed. It gets another one if its
    /// socket has taken output meanwhile, or takes some now.
    ///
    /// Epoll tells of room only once a third of the send buffer is free, and that may be a megabyte.
    /// But the kernel takes bytes as soon as there is any: so a peer that reads, however slowly, is
    /// waited for.
    pub(crate) fn closing_deadline(&mut self, id: ConnId) {
        let closing = |phase| matches!(phase, Phase::Closing(_));
        if self
            .connections
            .get(id)
            .is_some_and(|connection| closing(connection.phase))
        {
            self.flush(id); // which sets the timer while output is left
            let connection = self.connections.get_mut(id);
            let goes_on = connection.is_some_and(|connection| {
                mem::take(&mut connection.moved) || !closing(connection.phase)
            });
            if goes_on {
                return;
            }
        }
        self.closing_is_late(id);
    }

    /// The time of a connection that is being closed is up, or that of all of them.
    pub(crate) fn closing_is_late(&mut self, id: ConnId) {
        match self.connections.get(id).map(|connection| connection.phase) {
            Some(Phase::Lingering) => self.kill(id, Closed::Finished),
            _ => self.kill(id, Closed::TimedOut),
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
}
