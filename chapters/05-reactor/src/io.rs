//! What callbacks may do: [`Io`] owns the sockets.

use std::fs::File;
use std::net::SocketAddr;
use std::ops::Range;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags};

use crate::clock::{Clock, nanos};
use crate::connection::{ConnId, Connection, Connections, PeerSends, Phase};
use crate::deadlines::{Stop, Tick};
use crate::output::Output;
use crate::timers::Timers;
use crate::{Closed, Limits};

/// The sockets of one reactor.
///
/// Nothing here fails and nothing calls back: a call takes a note, and the reactor acts on it once
/// the callbacks have returned. So a handler is never entered twice, and however many messages it
/// answers, they leave in one write. Only [`Self::send_at_once`] may write more often.
///
/// An id whose connection is gone is ignored everywhere. A peer may leave at any moment, so every
/// caller would have to ignore that error.
#[derive(Debug)]
pub struct Io {
    pub(crate) epoll: Epoll,
    pub(crate) connections: Connections,
    pub(crate) limits: Limits,
    /// Bytes that a connection may read which has kept none; 0 once the reactor stops.
    pub(crate) room: usize,
    /// From this many bytes on, an answer takes the way through its connection's queue.
    pub(crate) long_answer: usize,
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    pub(crate) tick: Option<Tick>,
    pub(crate) stop: Stop,
    /// The connection whose `on_data` runs and may use `answer`, or nobody ([`crate::answer`]).
    pub(crate) serving: ConnId,
    /// What that `on_data` has sent so far, and isn't written.
    pub(crate) answer: Vec<u8>,
    /// Bytes of it that are written.
    pub(crate) written: usize,
    /// To be flushed at the end of this turn, each once.
    pub(crate) unflushed: Vec<ConnId>,
    /// To be offered their input again, each once.
    pub(crate) resumed: Vec<ConnId>,
    /// To be removed at the end of this turn, each once.
    pub(crate) dead: Vec<ConnId>,
    /// Output queues without a connection: an idle connection has none, and a busy one needs no
    /// allocation.
    #[expect(
        clippy::vec_box,
        reason = "a box goes to a connection and back as it is"
    )]
    pub(crate) spare: Vec<Box<Output>>,
}

impl Io {
    pub(crate) fn new(limits: Limits) -> nix::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            connections: Connections::default(),
            room: limits.input.min(limits.read),
            long_answer: limits.answer(),
            limits,
            clock: Clock::new(),
            timers: Timers::default(),
            tick: None,
            stop: Stop::No,
            serving: ConnId::NOBODY,
            answer: Vec::new(),
            written: 0,
            unflushed: Vec::new(),
            resumed: Vec::new(),
            dead: Vec::new(),
            spare: Vec::new(),
        })
    }

    /// Queues a copy of `bytes` for `id`.
    ///
    /// Nothing limits the queue but the caller, who asks [`Self::is_full`] or
    /// [`Self::pending_output`]: to stop consuming input, to wait for
    /// [`on_drain`](crate::Handler::on_drain), or to drop the peer.
    #[inline]
    pub fn send(&mut self, id: ConnId, bytes: &[u8]) {
        if id == self.serving {
            self.answer.extend_from_slice(bytes);
        } else {
            self.queue(id, bytes);
        }
    }

    #[inline(never)]
    fn queue(&mut self, id: ConnId, bytes: &[u8]) {
        self.push(id, |output| output.push(bytes));
    }

    /// Queues the bytes `range` of `file`, behind what is queued already.
    ///
    /// They go from the file to the socket without passing through this program (`sendfile(2)`),
    /// and the first of them share a segment with the bytes queued before. A file that turns out
    /// to be shorter ends the connection with [`Closed::FileEnded`].
    ///
    /// Reading a file may wait for a disk, and the whole reactor with it.
    pub fn send_file(&mut self, id: ConnId, file: impl Into<Arc<File>>, range: Range<u64>) {
        let file = file.into();
        self.set_answer_aside();
        self.push(id, |output| output.push_file(file, range));
    }

    /// Bytes queued for `id` that its socket has not taken yet, file ranges included.
    #[must_use]
    pub fn pending_output(&self, id: ConnId) -> u64 {
        if id == self.serving {
            return self.answer.len() as u64;
        }
        self.connections.get(id).map_or(0, Connection::pending)
    }

    /// Whether the output of `id` has reached the high-water mark, and not fallen below the low
    /// one since. While that is so, nothing is read from the peer.
    #[must_use]
    pub fn is_full(&self, id: ConnId) -> bool {
        if id == self.serving {
            return self.answer.len() as u64 >= self.limits.high_water;
        }
        self.connections
            .get(id)
            .is_some_and(|connection| connection.full)
    }

    /// Closes `id` after what is queued has been sent. No more callbacks but `on_close`; its
    /// unconsumed input is dropped.
    ///
    /// Unless the peer has finished sending, the connection then *lingers*: it closes its own
    /// direction only, and waits for the peer to do the same ([`Limits::linger`]). Closing with
    /// unread input at once would send RST, and that destroys whatever the peer has not read yet
    /// of our answer (RFC 1122 §4.2.2.13, RFC 9112 §9.6).
    pub fn close(&mut self, id: ConnId) {
        self.set_answer_aside();
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        connection.phase = match connection.phase {
            Phase::Open => Phase::Closing(PeerSends::Yes),
            Phase::Ended => Phase::Closing(PeerSends::No),
            _ => return,
        };
        connection.input = None;
        self.timers.clear(id.slot()); // it was the handler's; from now on it is ours
        self.queue_flush(id);
    }

    /// Cuts `id` at once: what is queued here and in the kernel is thrown away, and the peer gets
    /// a reset. For peers that misbehave, or don't read.
    pub fn abort(&mut self, id: ConnId) {
        self.set_answer_aside();
        self.kill(id, Closed::Aborted);
    }

    /// Offers `id` its input again, even if there is none: once its handler can go on with what it
    /// left unconsumed, as when an answer it was waiting for is there.
    pub fn resume(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id)
            && connection.is_open()
            && !connection.resumed
        {
            connection.resumed = true;
            self.resumed.push(id);
        }
    }

    /// The time on the clock `CLOCK_MONOTONIC`, as it was when it was first asked for in this turn.
    /// It never goes back, and to ask again costs next to nothing.
    #[inline]
    pub fn now(&mut self) -> Duration {
        Duration::from_nanos(self.clock.now())
    }

    /// Offers the socket of `id` what is queued, though epoll hasn't told of room.
    ///
    /// Epoll does that once a third of the send buffer is free, and that may be a megabyte; but the
    /// kernel takes bytes as soon as there is any. This is for a timer that asks whether a slow peer
    /// still reads: if so, [`Self::pending_output`] has become less the next time.
    pub fn try_send(&mut self, id: ConnId) {
        self.queue_flush(id);
    }

    /// Has `on_timer` called for `id` once `delay` has passed since this turn began. A connection
    /// has one timer: this replaces an earlier setting, and pushing it back costs next to nothing.
    pub fn set_timer(&mut self, id: ConnId, delay: Duration) {
        if self.is_open(id) {
            let deadline = self.clock.after(delay);
            self.timers.set(id.slot(), deadline);
        }
    }

    /// Takes back [`Self::set_timer`].
    pub fn clear_timer(&mut self, id: ConnId) {
        if self.is_open(id) {
            self.timers.clear(id.slot());
        }
    }

    /// Has `on_tick` called every `period` (at least a millisecond) from now on. Ticks that a long
    /// turn has missed are left out.
    pub fn set_tick(&mut self, period: Duration) {
        let period = period.max(Duration::from_millis(1));
        self.tick = Some(Tick {
            due: self.clock.after(period),
            period: nanos(period),
        });
    }

    /// Stops the reactor: it accepts and receives no more, calls `on_stop` for each connection,
    /// and lets output drain until the deadline ([`Limits::stop`]).
    pub fn stop(&mut self) {
        if self.stop == Stop::No {
            self.stop = Stop::Requested;
            self.room = 0;
        }
    }

    /// Stops, and cuts at once what a stop would wait for.
    pub(crate) fn cut(&mut self) {
        self.stop();
        self.limits.stop = Duration::ZERO;
        if self.stop != Stop::Requested {
            self.stop = Stop::Until(0);
        }
    }

    /// Whether [`Self::stop`] has been called, or a signal has done so: nothing more is received.
    #[inline]
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop != Stop::No
    }

    /// The address of the peer of `id`, as `getpeername(2)` tells it.
    #[must_use]
    pub fn peer(&self, id: ConnId) -> Option<SocketAddr> {
        self.connections.get(id)?.stream.peer_addr().ok()
    }

    /// The number of the descriptor of `id`, to be shown in a trace. Once the connection is gone,
    /// it is somebody else's.
    #[must_use]
    pub fn descriptor(&self, id: ConnId) -> Option<RawFd> {
        let connection = self.connections.get(id)?;
        Some(connection.stream.as_raw_fd())
    }

    /// All connections that output can be queued for.
    pub fn ids(&self) -> impl Iterator<Item = ConnId> + '_ {
        let open = |(id, connection): (ConnId, &Connection)| connection.is_open().then_some(id);
        self.connections.iter().filter_map(open)
    }

    /// How many connections hold a descriptor, those being closed included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether no connection holds a descriptor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn push(&mut self, id: ConnId, add: impl FnOnce(&mut Output)) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        if !connection.is_open() {
            return;
        }
        let output = connection
            .output
            .get_or_insert_with(|| self.spare.pop().unwrap_or_default());
        add(output);
        if output.pending() >= self.limits.high_water {
            connection.full = true;
        }
        if !connection.flush_queued {
            connection.flush_queued = true;
            self.unflushed.push(id);
        }
    }
}
