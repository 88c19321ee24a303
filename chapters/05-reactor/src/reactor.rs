//! The event loop: wait, do the I/O, call back.

use std::io::{self, ErrorKind};
use std::mem;
use std::net::TcpListener;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::epoll::{EpollEvent, EpollFlags, EpollTimeout};
use tracing::{Level, enabled, trace};

use crate::callbacks::Callbacks;
use crate::clock::until;
use crate::connection::{Connection, Flushed};
use crate::connector::Outcome;
use crate::io::Stop;
use crate::listeners::Listeners;
use crate::phase::Phase;
use crate::token::Token;
use crate::waker::Asked;
use crate::{
    ConnId, ConnectorId, Handler, Io, Limits, ListenerId, Origin, Signals, Waker, WatchId,
    flag_names,
};

/// Events taken from the kernel in one turn. What is left stays in its list, and those who had
/// their turn queue up behind it.
const EVENTS: usize = 1024;

/// One event loop. It waits for many sockets at once, does what can be done without waiting, and
/// calls its [`Handler`] for the rest.
///
/// ```text
///  ┌────────────────────────────── one turn ──────────────────────────────┐
///  │                                                                      │
///  │  epoll_wait ─► events ──┬─ listener  accept     ─► on_open           │
///  │      ▲                  ├─ readable  recv       ─► on_data, on_end   │
///  │      │                  ├─ writable  (flush below)                   │
///  │      │                  ├─ connector SO_ERROR   ─► on_open           │
///  │      │                  ├─ watch                ─► on_ready          │
///  │      │                  ├─ eventfd   read       ─► on_wake           │
///  │      │                  └─ signalfd  read       ─► (stop below)      │
///  │      │                                                               │
///  │      │          ─► deadlines ─► on_timer, on_connect_failed          │
///  │      │          ─► resumed   ─► on_data                              │
///  │      │          ─► stop      ─► on_stop                              │
///  │      │          ─► flush: what is queued          ─► on_drain        │
///  │      └───────── ─► bury the dead: close ─► on_close                  │
///  └──────────────────────────────────────────────────────────────────────┘
/// ```
///
/// Callbacks only take notes in [`Io`]. What `on_data` sends to its own connection is written when
/// it returns; all other output, and closing, come last. What is bounded per turn (reads, writes,
/// accepts) and not finished goes on in the next turn, after all other connections.
#[derive(Debug)]
pub struct Reactor {
    io: Io,
    listeners: Listeners,
    waker: Waker,
    signals: Option<Signals>,
    companions: Vec<Waker>,
    /// The connections that this turn flushes.
    flushing: Vec<ConnId>,
}

impl Reactor {
    /// A reactor without listeners.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for limits with which no connection could be
    /// served. As `epoll_create1(2)` and `eventfd(2)`: no descriptor or no memory is left.
    pub fn new(limits: Limits) -> io::Result<Self> {
        Self::with_waker(limits, Waker::new()?)
    }

    /// As [`Self::new`], woken by `waker`, which no other reactor may have. For a thread with
    /// descriptors of its own (`unshare(2)`, `CLONE_FILES`): the number of `waker`'s descriptor is
    /// the same for all threads only if it was there before they parted.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_waker(limits: Limits, waker: Waker) -> io::Result<Self> {
        limits.check()?;
        let io = Io::new(limits)?;
        let readable = EpollFlags::EPOLLIN;
        io.sockets
            .epoll
            .add(&waker, EpollEvent::new(readable, Token::Waker.pack()))?;
        Ok(Self {
            io,
            listeners: Listeners::default(),
            waker,
            signals: None,
            companions: Vec::new(),
            flushing: Vec::new(),
        })
    }

    /// Accepts from `listener` too. [`Handler::on_open`] gets the id that is returned here.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn add_listener(&mut self, listener: TcpListener) -> io::Result<ListenerId> {
        self.add_listener_for(listener, usize::MAX)
    }

    /// As [`Self::add_listener`], for at most so many `connections` at a time; further ones wait in the
    /// accept queue. So one door leaves room for those that come in by another.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn add_listener_for(
        &mut self,
        listener: TcpListener,
        connections: usize,
    ) -> io::Result<ListenerId> {
        let sockets = &self.io.sockets;
        self.listeners.add(&sockets.epoll, listener, connections)
    }

    /// Stops, as [`Io::stop`] does, when one of `signals` arrives. A second one cuts all connections
    /// at once, those of the companions too.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn stop_on(&mut self, signals: Signals) -> io::Result<()> {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, Token::Signals.pack());
        self.io.sockets.epoll.add(&signals, event)?;
        self.signals = Some(signals);
        Ok(())
    }

    /// Stops `companions` too when this reactor stops.
    pub fn stop_together_with(&mut self, companions: &[Waker]) {
        self.companions = companions.to_vec();
    }

    /// The sockets, for what has to be asked for before the first callback, such as a connection.
    pub fn io(&mut self) -> &mut Io {
        &mut self.io
    }

    /// What wakes this reactor from another thread.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Serves until [`Io::stop`] was called and the last connection is gone.
    ///
    /// # Errors
    /// If epoll or a listener has become unusable. What goes wrong with a connection ends that
    /// connection only.
    // ANCHOR: run
    pub fn run<H: Handler>(mut self, handler: &mut H) -> io::Result<()> {
        let mut callbacks = Callbacks::new(handler, self.io.sockets.limits.read);
        let mut events = vec![EpollEvent::empty(); EVENTS];
        while !(matches!(self.io.stop, Stop::Until(_)) && self.io.is_empty()) {
            let ready = self.wait(&mut events)?;
            self.dispatch(&mut callbacks, &events[..ready])?;
            self.run_deadlines(&mut callbacks)?;
            self.offer_resumed(&mut callbacks);
            self.stop(&mut callbacks);
            self.flush(&mut callbacks);
            self.give_up_some(&mut callbacks);
            self.bury(&mut callbacks)?;
        }
        trace!("stop");
        Ok(())
    }
    // ANCHOR_END: run

    fn wait(&mut self, events: &mut [EpollEvent]) -> io::Result<usize> {
        self.io.sockets.clock.forget(); // the turn took its time
        let timeout = match self.next_deadline() {
            None => EpollTimeout::NONE,
            Some(0) => EpollTimeout::ZERO,
            Some(due) => until(due, self.io.sockets.clock.now()),
        };
        let fd = self.io.sockets.epoll.0.as_raw_fd();
        trace!(
            fd,
            call = "epoll_wait",
            timeout_ms = i32::from(timeout),
            "wait"
        );
        let ready = match self.io.sockets.epoll.wait(events, timeout) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => 0, // a debugger, or SIGSTOP and SIGCONT (signal(7))
            Err(errno) => return Err(errno.into()),
        };
        trace!(call = "epoll_wait", ready, "wake");
        self.io.sockets.clock.forget();
        Ok(ready)
    }

    fn next_deadline(&self) -> Option<u64> {
        let listeners = self.listeners.resting_until();
        let io = self.io.next_deadline();
        io.into_iter().chain(listeners).min()
    }

    /// Every message comes through this loop. What is rare has functions of its own, outside: the
    /// loop keeps the registers to itself.
    #[inline(never)]
    fn dispatch<H: Handler>(
        &mut self,
        callbacks: &mut Callbacks<'_, H>,
        events: &[EpollEvent],
    ) -> io::Result<()> {
        for event in events {
            match Token::unpack(event.data()) {
                Token::Connection(id) => self.connection_ready(callbacks, id, event.events()),
                Token::Listener(id) => self.listeners.accept(id, &mut self.io, callbacks)?,
                Token::Connector(id) => self.connector_ready(callbacks, id),
                Token::Watch(id) => self.watch_ready(callbacks, id, event.events()),
                Token::Waker => self.woken(callbacks),
                Token::Signals => self.signalled(),
            }
        }
        Ok(())
    }

    #[inline]
    fn connection_ready<H: Handler>(
        &mut self,
        callbacks: &mut Callbacks<'_, H>,
        id: ConnId,
        ready: EpollFlags,
    ) {
        if enabled!(Level::TRACE) {
            self.trace_ready(id, ready);
        }
        if ready.contains(EpollFlags::EPOLLOUT) {
            self.io.sockets.queue_flush(id);
        }
        if ready != EpollFlags::EPOLLOUT {
            callbacks.read(&mut self.io, id, ready);
        }
    }

    #[cold]
    fn trace_ready(&self, id: ConnId, ready: EpollFlags) {
        if let Some(fd) = self.io.descriptor(id) {
            trace!(fd, ready = flag_names(ready), "ready");
        }
    }

    #[cold]
    fn woken<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) {
        match self.waker.take() {
            Asked::Nothing => {}
            Asked::Stop => self.io.stop(),
            Asked::Cut => self.io.cut(),
        }
        callbacks.handler.on_wake(&mut self.io);
    }

    #[cold]
    fn signalled(&mut self) {
        while self.signals.as_ref().and_then(Signals::take).is_some() {
            if self.io.is_stopping() {
                self.companions.iter().for_each(Waker::cut);
                self.io.cut();
            } else {
                self.io.stop();
            }
        }
    }

    #[cold]
    fn watch_ready<H: Handler>(
        &mut self,
        callbacks: &mut Callbacks<'_, H>,
        id: WatchId,
        ready: EpollFlags,
    ) {
        if let Some(descriptor) = self.io.watched(id) {
            let fd = descriptor.as_raw_fd();
            trace!(fd, ready = flag_names(ready), "ready");
            callbacks.handler.on_ready(&mut self.io, id, ready);
        }
    }

    #[cold]
    fn connector_ready<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>, id: ConnectorId) {
        if let Some(outcome) = self.io.connector_ready(id) {
            self.connected(callbacks, id, outcome);
        }
    }

    fn connected<H: Handler>(
        &mut self,
        callbacks: &mut Callbacks<'_, H>,
        connector: ConnectorId,
        outcome: Outcome,
    ) {
        let inserted = outcome.and_then(|stream| Ok(self.io.sockets.insert(stream)?));
        match inserted {
            Ok(id) => callbacks.open(&mut self.io, id, Origin::Connector(connector)),
            Err(error) => {
                let io = &mut self.io;
                callbacks.handler.on_connect_failed(io, connector, error);
            }
        }
    }

    fn run_deadlines<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) -> io::Result<()> {
        if self.next_deadline().is_none() {
            return Ok(());
        }
        while let Some((id, key)) = self.io.expired_timer() {
            callbacks.timer(&mut self.io, id, key);
        }
        while let Some(id) = self.io.sockets.overdue() {
            self.overdue(callbacks, id);
        }
        while let Some((id, outcome)) = self.io.due_connector() {
            if let Some(outcome) = outcome {
                self.connected(callbacks, id, outcome);
            }
        }
        let now = self.io.sockets.clock.now();
        if self.listeners.resting_until().is_some_and(|due| due <= now) {
            self.listeners.wake(&self.io.sockets)?;
        }
        Ok(())
    }

    /// The time of `id` is up: that of its lingering, that of its closing, or that for its peer to
    /// take output.
    ///
    /// Epoll tells of room only once a third of the send buffer is free, and that may be a megabyte.
    /// But the kernel takes bytes as soon as there is any: so a peer that reads, however slowly, is
    /// waited for.
    fn overdue<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>, id: ConnId) {
        let now = self.io.sockets.clock.now();
        let late = match self.io.sockets.get(id).map(Connection::phase) {
            Some(Phase::Lingering { .. }) => true,
            Some(Phase::Closing { by, .. }) if by <= now => true,
            _ => self.flush_one(callbacks, id) == Some(Flushed::Stuck),
        };
        if late {
            self.io.sockets.give_up(id);
        }
    }

    /// Calls back those for whom [`Io::resume`] was called.
    fn offer_resumed<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) {
        for id in self.io.take_resumed() {
            callbacks.offer_again(&mut self.io, id);
        }
    }

    // ANCHOR: stop
    fn stop<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) {
        match self.io.stop {
            Stop::Requested => {
                let sockets = &mut self.io.sockets;
                let due = sockets.clock.after(sockets.limits.stop);
                self.io.stop = Stop::Until(due);
                self.listeners.close();
                self.companions.iter().for_each(Waker::stop);
                for id in self.io.ids().collect::<Vec<_>>() {
                    self.io.sockets.queue_flush(id); // read interest goes
                    callbacks.stop(&mut self.io, id);
                }
            }
            Stop::Until(due) if due <= self.io.sockets.clock.now() => {
                let left = self.io.sockets.iter().map(|(id, _)| id);
                for id in left.collect::<Vec<_>>() {
                    self.io.sockets.give_up(id);
                }
            }
            Stop::No | Stop::Until(_) => {}
        }
        if self.io.is_stopping() {
            for id in self.io.connectors.ids() {
                self.io.connectors.remove(id);
                self.connected(callbacks, id, Err(ErrorKind::Interrupted.into()));
            }
        }
    }
    // ANCHOR_END: stop

    /// Flushes every connection that has got output, or a change of state, in this turn.
    fn flush<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) {
        if !self.io.sockets.has_unflushed() {
            return;
        }
        let mut flushing = mem::take(&mut self.flushing);
        self.io.sockets.take_unflushed(&mut flushing);
        for id in flushing.drain(..) {
            self.flush_one(callbacks, id);
        }
        self.flushing = flushing;
    }

    fn flush_one<H: Handler>(
        &mut self,
        callbacks: &mut Callbacks<'_, H>,
        id: ConnId,
    ) -> Option<Flushed> {
        let flushed = self.io.sockets.flush(id)?;
        let drained = self.io.sockets.has_drained(id);
        self.io.sockets.settle(id);
        if drained {
            callbacks.drained(&mut self.io, id);
        }
        Some(flushed)
    }

    /// Frees memory, if all hold too much.
    fn give_up_some<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) {
        let sockets = &self.io.sockets;
        if !sockets.ledger.is_over() {
            return;
        }
        let payer = |id| callbacks.payer(&self.io, id);
        let holders = sockets.holders().map(|holder| (payer(holder.id), holder));
        for id in sockets.ledger.choose(holders) {
            callbacks.over_limit(&mut self.io, id);
        }
    }

    // ANCHOR: bury
    /// Removes the dead. Only now are their descriptors closed, when no event of this turn's batch
    /// is left that could be taken for one of a newcomer with the same number.
    fn bury<H: Handler>(&mut self, callbacks: &mut Callbacks<'_, H>) -> io::Result<()> {
        if !self.io.sockets.has_dead() {
            return Ok(());
        }
        while let Some((id, why)) = self.io.sockets.bury() {
            self.io.clear_timers(id);
            callbacks.close(&mut self.io, id, why);
        }
        self.listeners.wake(&self.io.sockets)
    }
    // ANCHOR_END: bury
}
