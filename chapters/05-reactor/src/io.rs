//! What callbacks may do: [`Io`] owns the sockets.

use std::fs::File;
use std::io;
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use nix::sys::epoll::EpollFlags;
use socket2::SockRef;
use tracing::trace;

use crate::connection::Connection;
use crate::connector::{Connectors, Outcome};
use crate::fast::answer::{Answer, LONG};
use crate::phase::Phase;
use crate::sockets::Sockets;
use crate::timers::Timers;
use crate::watch::Watches;
use crate::{Closed, ConnId, ConnectorId, Limits, WatchId};

/// The sockets of one reactor.
///
/// Nothing here fails and nothing calls back: a call takes a note, and the reactor acts on it once
/// the callbacks have returned. So a handler is never entered twice, and however many messages it
/// answers, they leave in one write.
///
/// An id whose connection is gone is ignored everywhere. A peer may leave at any moment, so every
/// caller would have to ignore that error.
#[derive(Debug)]
pub struct Io {
    pub(crate) sockets: Sockets,
    pub(crate) connectors: Connectors,
    pub(crate) watches: Watches,
    pub(crate) stop: Stop,
    pub(crate) answer: Answer,
    /// The timers of handlers, by key.
    timers: Vec<Timers>,
    /// To be offered their input again, each once.
    resumed: Vec<ConnId>,
}

/// How far the reactor is on its way down. Times are nanoseconds on its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    No,
    /// Asked for in this turn.
    Requested,
    /// No more is accepted or received; at the deadline, what is left is cut.
    Until(u64),
}

impl Io {
    pub(crate) fn new(limits: Limits) -> nix::Result<Self> {
        Ok(Self {
            answer: Answer::new(&limits),
            sockets: Sockets::new(limits)?,
            connectors: Connectors::new(),
            watches: Watches::new(),
            stop: Stop::No,
            timers: Vec::new(),
            resumed: Vec::new(),
        })
    }

    /// Sends a copy of `bytes` to `id`, behind what was sent before.
    ///
    /// Nothing limits what is queued but the caller, who asks [`Self::is_full`] or
    /// [`Self::pending_output`]: to stop consuming input, to wait for
    /// [`on_drain`](crate::Handler::on_drain), or to drop the peer.
    #[inline]
    pub fn send(&mut self, id: ConnId, bytes: &[u8]) {
        if !self.answer.is_for(id) {
            self.queue(id, bytes);
        } else if bytes.len() < LONG {
            self.answer.push(bytes);
        } else {
            self.send_long(id, bytes);
        }
    }

    #[inline(never)]
    fn queue(&mut self, id: ConnId, bytes: &[u8]) {
        self.sockets.push(id, |output| output.push(bytes));
    }

    #[inline(never)]
    fn send_long(&mut self, id: ConnId, bytes: &[u8]) {
        let written = match self.sockets.get(id) {
            Some(connection) => self.answer.write_with(connection.stream(), bytes),
            None => false,
        };
        if !written {
            self.set_answer_aside(id);
        }
    }

    /// Sends `bytes` to `id` without copying them: one frame for all members of a room, or a
    /// mapped file ([`Bytes::from_owner`]). What is short is copied nevertheless.
    pub fn send_shared(&mut self, id: ConnId, bytes: Bytes) {
        self.set_answer_aside(id);
        self.sockets.push(id, |output| output.push_shared(bytes));
    }

    /// Sends the bytes `range` of `file` to `id`.
    ///
    /// They go from the file to the socket without passing through this program (`sendfile(2)`),
    /// and the first of them share a segment with the bytes queued before. A file that turns out
    /// to be shorter ends the connection with [`Closed::FileEnded`].
    ///
    /// Reading a file may wait for a disk, and the whole reactor with it.
    pub fn send_file(&mut self, id: ConnId, file: impl Into<Arc<File>>, range: Range<u64>) {
        let file = file.into();
        self.set_answer_aside(id);
        self.sockets
            .push(id, |output| output.push_file(file, range));
    }

    /// Bytes sent to `id` that its socket has not taken yet, file ranges included.
    #[must_use]
    pub fn pending_output(&self, id: ConnId) -> u64 {
        if self.answer.is_for(id) {
            return self.answer.pending();
        }
        self.sockets.get(id).map_or(0, Connection::pending)
    }

    /// Whether the output of `id` has reached the high-water mark, and not fallen below the low
    /// one since. While that is so, nothing is read from the peer (but see [`Self::keep_reading`]).
    #[must_use]
    pub fn is_full(&self, id: ConnId) -> bool {
        if self.answer.is_for(id) {
            return self.answer.pending() >= self.sockets.limits.high_water;
        }
        self.sockets.get(id).is_some_and(Connection::is_full)
    }

    /// Closes `id` after what is queued has been sent. No more callbacks but `on_close`; its
    /// unconsumed input is dropped.
    ///
    /// Unless the peer has finished sending, the connection then *lingers*: it closes its own
    /// direction only, and waits for the peer to do the same ([`Limits::linger`]). Closing with
    /// unread input at once would send RST, and that destroys whatever the peer has not read yet
    /// of our answer (RFC 1122 §4.2.2.13, RFC 9112 §9.6).
    pub fn close(&mut self, id: ConnId) {
        self.set_answer_aside(id);
        self.sockets.close(id, u64::MAX);
    }

    /// Closes `id` as [`Self::close`] does; but if what is queued isn't sent after `time`, it is
    /// cut ([`Closed::TimedOut`]).
    pub fn close_within(&mut self, id: ConnId, time: Duration) {
        self.set_answer_aside(id);
        let by = self.sockets.clock.after(time);
        self.sockets.close(id, by);
    }

    /// Sends no more to `id` than what is queued, and then tells the peer so (`shutdown(2)`). It may
    /// go on sending: its input is offered as before, and the connection is still to be closed.
    pub fn finish(&mut self, id: ConnId) {
        self.set_answer_aside(id);
        if let Some(connection) = self.sockets.get_mut(id) {
            connection.finish();
            self.sockets.queue_flush(id);
        }
    }

    /// Reads from `id` even while its output is [full](Self::is_full). For a client: two sides that
    /// both read only once their own output is gone may wait for each other. The handler has to
    /// bound what input makes it send.
    pub fn keep_reading(&mut self, id: ConnId) {
        if let Some(connection) = self.sockets.get_mut(id) {
            connection.keep_reading();
        }
    }

    /// Cuts `id` at once: what is queued here and in the kernel is thrown away, and the peer gets
    /// a reset. For peers that misbehave, or don't read.
    pub fn abort(&mut self, id: ConnId) {
        self.set_answer_aside(id);
        self.sockets.kill(id, Closed::Aborted);
    }

    /// Offers `id` no more input until [`Self::resume`]: its handler waits for something of its
    /// own, such as an answer from another thread. What the peer sends meanwhile waits in the
    /// kernel, and TCP holds the peer back.
    pub fn pause(&mut self, id: ConnId) {
        if let Some(connection) = self.sockets.get_mut(id) {
            connection.pause();
        }
    }

    /// Offers `id` its input again, even if there is none, and goes on reading after
    /// [`Self::pause`].
    pub fn resume(&mut self, id: ConnId) {
        if self.sockets.get_mut(id).is_some_and(Connection::resume) {
            self.resumed.push(id);
        }
    }

    /// Whether the peer of `id` has finished sending. It may still read.
    #[must_use]
    pub fn has_ended(&self, id: ConnId) -> bool {
        let ended = |connection: &Connection| connection.phase() == Phase::Ended;
        self.sockets.get(id).is_some_and(ended)
    }

    /// The time on the clock `CLOCK_MONOTONIC`, as it was when it was first asked for in this turn.
    /// It never goes back, and to ask again costs next to nothing.
    #[inline]
    pub fn now(&mut self) -> Duration {
        Duration::from_nanos(self.sockets.clock.now())
    }

    /// Calls [`on_timer`](crate::Handler::on_timer) for `id` with `key` once `delay` has passed
    /// since this turn began. A connection has one timer for each key: this replaces an earlier
    /// setting, and pushing it back costs next to nothing.
    ///
    /// Number the keys from 0 on: each that is in use costs 16 bytes for each connection.
    pub fn set_timer(&mut self, id: ConnId, key: u8, delay: Duration) {
        if !self.sockets.is_open(id) {
            return;
        }
        let index = usize::from(key);
        if self.timers.len() <= index {
            self.timers.resize_with(index + 1, Timers::default);
        }
        let deadline = self.sockets.clock.after(delay);
        self.timers[index].set(id.0.slot(), deadline);
    }

    /// Takes back [`Self::set_timer`].
    pub fn clear_timer(&mut self, id: ConnId, key: u8) {
        if self.sockets.is_open(id)
            && let Some(timers) = self.timers.get_mut(usize::from(key))
        {
            timers.clear(id.0.slot());
        }
    }

    /// Connects to one of `addresses`: to the first; if that hasn't answered after a quarter of a
    /// second, to the next at the same time, and so on (RFC 8305). The first to answer wins.
    ///
    /// [`on_open`](crate::Handler::on_open) gets the id that is returned here, or
    /// [`on_connect_failed`](crate::Handler::on_connect_failed), at the latest after the time
    /// `within`. Names aren't resolved here: that blocks, so it is a thread's work.
    pub fn connect(&mut self, addresses: Vec<SocketAddr>, within: Duration) -> ConnectorId {
        let Sockets { epoll, clock, .. } = &mut self.sockets;
        self.connectors.add(epoll, clock, None, addresses, within)
    }

    /// As [`Self::connect`], to one address, and from the address `source` of this machine. The port
    /// is the kernel's choice. A machine has as many connections to one port of another as there
    /// are local ports *for each address that it connects from*.
    pub fn connect_from(
        &mut self,
        source: IpAddr,
        address: SocketAddr,
        within: Duration,
    ) -> ConnectorId {
        let Sockets { epoll, clock, .. } = &mut self.sockets;
        let addresses = vec![address];
        self.connectors
            .add(epoll, clock, Some(source), addresses, within)
    }

    /// Gives up the outgoing connection `id`, if it isn't there yet. Nothing is called back.
    pub fn cancel(&mut self, id: ConnectorId) {
        self.connectors.remove(id);
    }

    /// Watches a descriptor that isn't a connection: a pipe, a terminal, a pidfd, an eventfd.
    /// [`on_ready`](crate::Handler::on_ready) is called in each turn that finds it ready for
    /// `interest`, so long as it stays so (level-triggered, unless `EPOLLET` is in there).
    ///
    /// # Errors
    /// As `epoll_ctl(2)`: EPERM for a regular file or a directory, which are always ready.
    pub fn watch(&mut self, descriptor: OwnedFd, interest: EpollFlags) -> io::Result<WatchId> {
        self.watches.add(&self.sockets.epoll, descriptor, interest)
    }

    /// Watches `id` for `interest` from now on; for nothing, if that is empty.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn change_watch(&mut self, id: WatchId, interest: EpollFlags) -> io::Result<()> {
        self.watches.change(&self.sockets.epoll, id, interest)
    }

    /// The descriptor that `id` watches.
    #[must_use]
    pub fn watched(&self, id: WatchId) -> Option<BorrowedFd<'_>> {
        self.watches.get(id)
    }

    /// Ends the watch `id`, and gives the descriptor back.
    pub fn unwatch(&mut self, id: WatchId) -> Option<OwnedFd> {
        self.watches.remove(&self.sockets.epoll, id)
    }

    /// Stops the reactor: it accepts and receives no more, calls `on_stop` for each connection,
    /// and lets output drain until the deadline ([`Limits::stop`]).
    pub fn stop(&mut self) {
        if self.stop == Stop::No {
            self.stop = Stop::Requested;
            self.sockets.limits.read = 0;
        }
    }

    /// Stops, and cuts at once what a stop would wait for.
    pub(crate) fn cut(&mut self) {
        self.stop();
        self.sockets.limits.stop = Duration::ZERO;
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

    /// Lets the kernel hold about `bytes` of output for `id`, instead of as much as it likes, which
    /// may be megabytes for a peer that doesn't read (`SO_SNDBUF`, `socket(7)`; `tcp(7)`). For a
    /// connection on which little is sent.
    pub fn set_send_buffer(&mut self, id: ConnId, bytes: usize) {
        if let Some(connection) = self.sockets.get(id) {
            // If it fails, the kernel holds what it held before.
            let _ = SockRef::from(connection.stream()).set_send_buffer_size(bytes);
        }
    }

    /// The handler holds so many bytes for `id`, such as a message that isn't complete: they count as if
    /// the reactor held them ([`Limits::memory`]). They end with the connection.
    pub fn hold(&mut self, id: ConnId, bytes: usize) {
        if let Some(connection) = self.sockets.get_mut(id) {
            connection.account_mut().set_of_handler(bytes);
            self.sockets.charge(id);
        }
    }

    /// The address of the peer of `id` (`getpeername(2)`). A peer that has come by IPv4 to a listener
    /// of IPv6 has its own address here, and not `::ffff:192.0.2.1` (`ipv6(7)`).
    #[must_use]
    pub fn peer(&self, id: ConnId) -> Option<SocketAddr> {
        let peer = self.sockets.get(id)?.stream().peer_addr().ok()?;
        Some(SocketAddr::new(peer.ip().to_canonical(), peer.port()))
    }

    /// The number of the descriptor of `id`, to be shown in a trace. Once the connection is gone,
    /// it is somebody else's.
    #[must_use]
    pub fn descriptor(&self, id: ConnId) -> Option<RawFd> {
        self.sockets.get(id).map(Connection::fd)
    }

    /// All connections that output can be queued for.
    pub fn ids(&self) -> impl Iterator<Item = ConnId> + '_ {
        let open = |(id, connection): (ConnId, &Connection)| connection.is_open().then_some(id);
        self.sockets.iter().filter_map(open)
    }

    /// How many connections hold a descriptor, those being closed included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Whether no connection holds a descriptor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ends the fast path of `id`: what there is of its answer goes into its queue.
    fn set_answer_aside(&mut self, id: ConnId) {
        if self.answer.is_for(id) && self.answer.end() {
            self.queue_answer(id);
        }
    }

    #[cold]
    fn queue_answer(&mut self, id: ConnId) {
        let rest = self.answer.rest();
        self.sockets.push(id, |output| output.push_buffer(rest));
    }

    /// The `on_data` of `id` has returned: its answer goes out.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub(crate) fn write_answer(&mut self, id: ConnId) {
        if !self.answer.end() {
            return;
        }
        // The dead keep their slots until the end of the turn: this one is still its own.
        if let Some(connection) = self.sockets.get(id)
            && !self.answer.write(connection.stream())
        {
            self.queue_answer(id);
        }
    }

    /// All hold so much that `id` is offered its input in the next turn only.
    pub(crate) fn postpone(&mut self, id: ConnId) {
        if let Some(connection) = self.sockets.get_mut(id) {
            connection.postpone();
            self.resumed.push(id);
        }
    }

    /// Those for whom [`Self::resume`] was called.
    pub(crate) fn take_resumed(&mut self) -> Vec<ConnId> {
        mem::take(&mut self.resumed)
    }

    /// A connection whose handler's timer has run out, and the timer's key.
    pub(crate) fn expired_timer(&mut self) -> Option<(ConnId, u8)> {
        let now = self.sockets.clock.now();
        for (key, timers) in (0..).zip(&mut self.timers) {
            while let Some(slot) = timers.expired(now) {
                if let Some((id, connection)) = self.sockets.tenant(slot)
                    && connection.is_open()
                {
                    trace!(fd = connection.fd(), what = "connection", "timer");
                    return Some((id, key));
                }
            }
        }
        None
    }

    /// The timers of `id` end with it.
    pub(crate) fn clear_timers(&mut self, id: ConnId) {
        for timers in &mut self.timers {
            timers.clear(id.0.slot());
        }
    }

    /// Epoll has reported an attempt of `id`: what has become of it, if that is decided.
    pub(crate) fn connector_ready(&mut self, id: ConnectorId) -> Option<Outcome> {
        let Sockets { epoll, clock, .. } = &mut self.sockets;
        self.connectors.ready(epoll, clock, id)
    }

    /// A connector whose next step was due, and what has become of it, if that is decided.
    pub(crate) fn due_connector(&mut self) -> Option<(ConnectorId, Option<Outcome>)> {
        let Sockets { epoll, clock, .. } = &mut self.sockets;
        self.connectors.due(epoll, clock)
    }

    /// When something comes due that no event announces. 0 is at once.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let stop = match self.stop {
            Stop::No => None,
            Stop::Requested => Some(0),
            Stop::Until(due) => Some(due),
        };
        let left_over = self.sockets.has_unflushed() || !self.resumed.is_empty();
        let timers = self.timers.iter().filter_map(Timers::next).min();
        let others = [
            left_over.then_some(0),
            self.sockets.next_deadline(),
            self.connectors.next_deadline(),
            stop,
        ];
        others.into_iter().flatten().chain(timers).min()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{TcpListener, TcpStream};

    use socket2::SockRef;

    use super::Io;
    use crate::Limits;

    #[test]
    fn the_kernel_holds_no_more_for_a_connection_than_it_is_told() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let _peer = TcpStream::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        let mut io = Io::new(Limits::default())?;
        let id = io.sockets.insert(stream)?;
        io.set_send_buffer(id, 16 * 1024);
        let connection = io.sockets.get(id).expect("it is there");
        // The kernel doubles what it is asked for (socket(7)).
        assert!(SockRef::from(connection.stream()).send_buffer_size()? <= 2 * 16 * 1024);
        Ok(())
    }

    /// As reported to node#9251, uWebSockets#1873, lavinmq#2122 and firezone#15013.
    #[test]
    fn a_peer_has_the_address_by_which_it_came() -> io::Result<()> {
        let listener = TcpListener::bind("[::]:0")?;
        let port = listener.local_addr()?.port();
        let peer = TcpStream::connect(("127.0.0.1", port))?;
        let (stream, _) = listener.accept()?;
        let mut io = Io::new(Limits::default())?;
        let id = io.sockets.insert(stream)?;
        assert_eq!(io.peer(id), Some(peer.local_addr()?));
        Ok(())
    }
}
