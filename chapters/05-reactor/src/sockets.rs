//! All connections of a reactor, and what the end of its turn has to do with them.

use std::collections::VecDeque;
use std::mem;
use std::net::TcpStream;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use tracing::trace;

use crate::clock::Clock;
use crate::connection::{Connection, Flushed};
use crate::fast::armed::Armed;
use crate::fast::spare::Spare;
use crate::ledger::{Holder, Ledger};
use crate::output::Output;
use crate::phase::Phase;
use crate::received::Received;
use crate::slots::Slots;
use crate::timers::Timers;
use crate::token::Token;
use crate::visitors::Visitors;
use crate::{Buffer, Closed, ConnId, Limits, flag_names};

/// The table of connections, the epoll instance that watches them, and the lists of those that the
/// end of the turn must look at. An id whose connection is gone is ignored everywhere.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub epoll: Epoll,
    pub limits: Limits,
    pub clock: Clock,
    pub ledger: Ledger,
    /// How many connections have come in by each door, and are still there.
    pub visitors: Visitors,
    connections: Slots<Connection>,
    /// When a connection whose output waits, or that lingers, is given up.
    deadlines: Timers,
    /// To be flushed at the end of this turn, each once.
    unflushed: Vec<ConnId>,
    /// To be removed at the end of this turn, each once.
    dead: VecDeque<ConnId>,
    spare: Spare,
}

impl Sockets {
    pub fn new(limits: Limits) -> nix::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            ledger: Ledger::new(limits.memory),
            visitors: Visitors::default(),
            limits,
            clock: Clock::new(),
            connections: Slots::new(),
            deadlines: Timers::default(),
            unflushed: Vec::new(),
            dead: VecDeque::new(),
            spare: Spare::default(),
        })
    }

    /// Takes a stream that doesn't block into the table and has epoll watch it.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`: no memory is left, or not for this user (`epoll(7)`, `max_user_watches`).
    pub fn insert(&mut self, stream: TcpStream) -> nix::Result<ConnId> {
        let id = ConnId(self.connections.next_key());
        let interest = Armed::Edge.flags();
        let event = EpollEvent::new(interest, Token::Connection(id).pack());
        self.epoll.add(&stream, event)?;
        let connection = Connection::new(stream);
        trace!(
            fd = connection.fd(),
            interest = flag_names(interest),
            "register"
        );
        self.connections.insert(connection);
        Ok(id)
    }

    #[inline]
    pub fn get(&self, id: ConnId) -> Option<&Connection> {
        self.connections.get(id.0)
    }

    #[inline]
    pub fn get_mut(&mut self, id: ConnId) -> Option<&mut Connection> {
        self.connections.get_mut(id.0)
    }

    pub fn iter(&self) -> impl Iterator<Item = (ConnId, &Connection)> {
        self.connections
            .iter()
            .map(|(key, connection)| (ConnId(key), connection))
    }

    pub fn len(&self) -> usize {
        self.connections.len()
    }

    pub fn is_open(&self, id: ConnId) -> bool {
        self.get(id).is_some_and(Connection::is_open)
    }

    /// The connection in a slot of the table.
    pub fn tenant(&self, slot: u32) -> Option<(ConnId, &Connection)> {
        let (key, connection) = self.connections.tenant(slot)?;
        Some((ConnId(key), connection))
    }

    /// Reads once from `id` into `scratch`, after `report`.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub fn receive(&mut self, id: ConnId, report: EpollFlags, scratch: &mut Buffer) -> Received {
        if self.ledger.is_over() {
            return Received::Unwanted; // until some have been given up
        }
        match self.connections.get_mut(id.0) {
            Some(connection) => connection.receive(report, &self.limits, scratch),
            None => Received::Unwanted, // stale: the connection ended earlier in this batch
        }
    }

    /// Keeps what a callback has left of the input of `id`.
    pub fn keep_input(&mut self, id: ConnId, lent: Option<Box<Buffer>>, scratch: &mut Buffer) {
        if let Some(connection) = self.connections.get_mut(id.0) {
            if let Err(why) = connection.keep_input(lent, scratch, &self.limits) {
                self.kill(id, why);
            }
            self.charge(id);
        } else {
            scratch.clear();
        }
    }

    /// What `id` holds may have changed.
    pub fn charge(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id.0) {
            let (held, clock) = (connection.held(), &mut self.clock);
            let account = connection.account_mut();
            self.ledger.charge(account, held, || clock.now());
        }
    }

    /// Those that hold something.
    pub fn holders(&self) -> impl Iterator<Item = Holder> {
        self.iter().filter_map(|(id, connection)| {
            let alive = !matches!(connection.phase(), Phase::Dead(_));
            let account = connection.account();
            (alive && account.held() > 0).then(|| account.holder(id))
        })
    }

    /// Queues output for `id`.
    pub fn push(&mut self, id: ConnId, add: impl FnOnce(&mut Output)) {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return;
        };
        connection.push(&self.limits, &mut self.spare, add);
        if self.ledger.is_over() {
            connection.fill();
        }
        if connection.queue_flush() {
            self.unflushed.push(id);
        }
        self.charge(id);
    }

    /// Has `id` flushed, and its interest settled, at the end of the turn.
    pub fn queue_flush(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id.0)
            && connection.queue_flush()
        {
            self.unflushed.push(id);
        }
    }

    /// Those that are to be flushed in this turn change places with the empty `list`.
    pub fn take_unflushed(&mut self, list: &mut Vec<ConnId>) {
        mem::swap(&mut self.unflushed, list);
    }

    /// Whether the next turn has work that no event announces.
    pub fn has_unflushed(&self) -> bool {
        !self.unflushed.is_empty()
    }

    /// A report of `id` has been taken, and there may be more: the flush arms the connection anew,
    /// if its input is wanted, and it queues up behind the others that are ready.
    #[cold]
    pub fn spend_edge(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get_mut(id.0) {
            connection.spend_edge();
            self.queue_flush(id);
        }
    }

    /// Sends what is queued for `id`, goes on with closing, and sets its deadline. None if the
    /// connection has ended.
    pub fn flush(&mut self, id: ConnId) -> Option<Flushed> {
        let connection = self.connections.get_mut(id.0)?;
        if let Phase::Dead(_) = connection.phase() {
            return None;
        }
        let flushed = match connection.flush(&self.limits, &mut self.spare) {
            Ok(flushed) => flushed,
            Err(why) => {
                self.kill(id, why);
                return None;
            }
        };
        self.charge(id);
        match flushed {
            Flushed::All => self.deadlines.clear(id.0.slot()),
            Flushed::Lingers => self.set_deadline(id, self.limits.linger),
            Flushed::Stuck if self.deadlines.is_set(id.0.slot()) => {}
            Flushed::Stuck | Flushed::Some => self.set_deadline(id, self.limits.stall),
            Flushed::Limit => {
                self.set_deadline(id, self.limits.stall);
                self.queue_flush(id);
            }
        }
        Some(flushed)
    }

    /// Arms `id` with what it needs now.
    pub fn settle(&mut self, id: ConnId) {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return;
        };
        let Some(armed) = connection.to_arm(&self.limits) else {
            return;
        };
        let mut event = EpollEvent::new(armed.flags(), Token::Connection(id).pack());
        if let Err(errno) = self.epoll.modify(connection.stream(), &mut event) {
            let why = connection.failed("epoll_ctl", &errno.into());
            return self.kill(id, why);
        }
        connection.arm(armed);
        let fd = connection.fd();
        trace!(fd, interest = flag_names(armed.flags()), "re-arm");
    }

    /// Whether the output of `id` was full and has drained; true once.
    pub fn has_drained(&mut self, id: ConnId) -> bool {
        let connection = self.connections.get_mut(id.0);
        connection.is_some_and(|connection| connection.has_drained(&self.limits))
    }

    /// `id` is given up after `delay`, or when its closing has to be over.
    fn set_deadline(&mut self, id: ConnId, delay: Duration) {
        let due = self.clock.after(delay);
        let by = match self.get(id).map(Connection::phase) {
            Some(Phase::Closing { by, .. }) => by,
            _ => u64::MAX,
        };
        self.deadlines.set(id.0.slot(), due.min(by));
    }

    /// When the next deadline comes due.
    pub fn next_deadline(&self) -> Option<u64> {
        self.deadlines.next()
    }

    /// A connection whose deadline has passed.
    pub fn overdue(&mut self) -> Option<ConnId> {
        let now = self.clock.now();
        while let Some(slot) = self.deadlines.expired(now) {
            if let Some((id, connection)) = self.tenant(slot) {
                trace!(fd = connection.fd(), what = "connection", "timer");
                return Some(id);
            }
        }
        None
    }

    /// Closes `id` once its output is sent, or cuts it at `by`.
    pub fn close(&mut self, id: ConnId, by: u64) {
        if let Some(connection) = self.connections.get_mut(id.0) {
            connection.close(by);
            self.charge(id);
            self.deadlines.clear(id.0.slot()); // the flush sets it anew, if output waits
            self.queue_flush(id);
        }
    }

    /// The time of `id` is up: that of its closing, of its lingering, or of its output.
    pub fn give_up(&mut self, id: ConnId) {
        let why = match self.get(id).map(Connection::phase) {
            Some(Phase::Lingering { .. }) => Closed::Finished,
            _ => Closed::TimedOut,
        };
        self.kill(id, why);
    }

    /// Marks `id` dead; the end of the turn removes it.
    pub fn kill(&mut self, id: ConnId, why: Closed) {
        if let Some(connection) = self.connections.get_mut(id.0)
            && connection.kill(why)
        {
            self.dead.push_back(id);
        }
    }

    /// Whether a connection is to be removed in this turn.
    pub fn has_dead(&self) -> bool {
        !self.dead.is_empty()
    }

    /// Removes one of the dead: closes its descriptor, and frees its slot.
    pub fn bury(&mut self) -> Option<(ConnId, Closed)> {
        let id = self.dead.pop_front()?;
        let connection = self.connections.remove(id.0)?;
        self.deadlines.clear(id.0.slot());
        self.ledger.settle(connection.account());
        self.visitors.gone(connection.door());
        Some((id, connection.bury()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn output_that_has_gone_ends_the_time_of_a_stall() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut peer = TcpStream::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        stream.set_nonblocking(true)?;
        let mut sockets = Sockets::new(Limits::default())?;
        let id = sockets.insert(stream)?;
        let much = 16 << 20;
        sockets.push(id, |output| output.push(&vec![b'x'; much]));
        while sockets.flush(id) == Some(Flushed::Limit) {}
        assert!(sockets.deadlines.is_set(id.0.slot()), "it is full");
        let reader = std::thread::spawn(move || {
            let mut received = vec![0; much];
            peer.read_exact(&mut received).map(|()| peer)
        });
        while sockets.flush(id) != Some(Flushed::All) {
            std::thread::yield_now();
        }
        assert!(!sockets.deadlines.is_set(id.0.slot()), "it is empty");
        reader.join().expect("it has read")?;
        Ok(())
    }
}
