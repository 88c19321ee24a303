//! The event loop: wait, do the I/O, call back.

use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::epoll::{EpollEvent, EpollFlags};
use tracing::{Level, enabled, trace};

use crate::accept::Listeners;
use crate::connection::ConnId;
use crate::deadlines::Stop;
use crate::io::Io;
use crate::received::{Left, Received};
use crate::sockets::HEADROOM;
use crate::token::Token;
use crate::waker::Asked;
use crate::{Buffer, Closed, Handler, Limits, ListenerId, Signals, Waker, flag_names};

/// Events taken from the kernel in one turn. What is left stays in its list, and those who had
/// their turn queue up behind it.
const EVENTS: usize = 1024;

/// What epoll reports unasked: the connection has failed, or both its directions are closed.
const GONE: EpollFlags = EpollFlags::EPOLLERR.union(EpollFlags::EPOLLHUP);

/// One event loop. It waits for many sockets at once, does what can be done without waiting, and
/// calls its [`Handler`] for the rest.
///
/// ```text
///  ┌────────────────────────────── one turn ──────────────────────────────┐
///  │                                                                      │
///  │  epoll_wait ─► events ──┬─ listener  accept     ─► on_open           │
///  │      ▲                  ├─ readable  recv       ─► on_data, on_end   │
///  │      │                  ├─ writable  (flush below)                   │
///  │      │                  ├─ eventfd   read       ─► on_wake           │
///  │      │                  └─ signalfd  read       ─► (stop below)      │
///  │      │                                                               │
///  │      │          ─► deadlines ─► on_timer, on_tick                    │
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
pub struct Reactor<H: Handler> {
    pub(crate) io: Io,
    /// The session of the connection in the slot of the same number.
    pub(crate) sessions: Vec<Option<H::Session>>,
    pub(crate) listeners: Listeners,
    waker: Waker,
    signals: Option<Signals>,
    pub(crate) companions: Vec<Waker>,
    /// Every read goes here; a connection keeps only what its handler leaves.
    pub(crate) scratch: Buffer,
    /// The connections that this turn flushes.
    pub(crate) flushing: Vec<ConnId>,
}

impl<H: Handler> Reactor<H> {
    /// A reactor without listeners.
    ///
    /// # Errors
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for limits with which no connection could be
    /// served. As `epoll_create1(2)` and `eventfd(2)`: no descriptor or no memory is left.
    pub fn new(limits: Limits) -> io::Result<Self> {
        limits.check()?;
        let scratch = Buffer::with_size(HEADROOM + limits.read);
        let io = Io::new(limits)?;
        let waker = Waker::new()?;
        let readable = EpollFlags::EPOLLIN;
        io.epoll
            .add(&waker, EpollEvent::new(readable, Token::Waker.pack()))?;
        Ok(Self {
            io,
            sessions: Vec::new(),
            listeners: Listeners::default(),
            waker,
            signals: None,
            companions: Vec::new(),
            scratch,
            flushing: Vec::new(),
        })
    }

    /// Accepts from `listener` too. [`Handler::on_open`] gets the id that is returned here.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn add_listener(&mut self, listener: TcpListener) -> io::Result<ListenerId> {
        self.listeners.add(&self.io.epoll, listener)
    }

    /// Stops, as [`Io::stop`] does, when one of `signals` arrives. A second one cuts all connections
    /// at once, those of the companions too.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn stop_on(&mut self, signals: Signals) -> io::Result<()> {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, Token::Signals.pack());
        self.io.epoll.add(&signals, event)?;
        self.signals = Some(signals);
        Ok(())
    }

    /// Has `companions` stopped when this reactor stops.
    pub fn stop_together_with(&mut self, companions: &[Waker]) {
        self.companions = companions.to_vec();
    }

    /// The sockets, for what has to be set before the first callback, such as the tick.
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
    pub fn run(mut self, handler: &mut H) -> io::Result<()> {
        let mut events = vec![EpollEvent::empty(); EVENTS];
        while !(matches!(self.io.stop, Stop::Until(_)) && self.io.is_empty()) {
            let ready = self.wait(&mut events)?;
            self.dispatch(handler, &events[..ready])?;
            self.run_deadlines(handler)?;
            self.offer_resumed(handler);
            self.stop(handler);
            self.flush(handler);
            self.bury(handler)?;
        }
        trace!("stop");
        Ok(())
    }
    // ANCHOR_END: run

    fn wait(&mut self, events: &mut [EpollEvent]) -> io::Result<usize> {
        self.io.clock.forget(); // the turn took its time
        let timeout = self.timeout();
        let fd = self.io.epoll.0.as_raw_fd();
        trace!(
            fd,
            call = "epoll_wait",
            timeout_ms = i32::from(timeout),
            "wait"
        );
        let ready = match self.io.epoll.wait(events, timeout) {
            Ok(ready) => ready,
            Err(Errno::EINTR) => 0, // a debugger, or SIGSTOP and SIGCONT (signal(7))
            Err(errno) => return Err(errno.into()),
        };
        trace!(call = "epoll_wait", ready, "wake");
        self.io.clock.forget();
        Ok(ready)
    }

    /// Every message comes through this loop. What is rare has functions of its own, outside: the
    /// loop keeps the registers to itself.
    #[inline(never)]
    fn dispatch(&mut self, handler: &mut H, events: &[EpollEvent]) -> io::Result<()> {
        for event in events {
            match Token::unpack(event.data()) {
                Token::Connection(id) => self.connection_ready(handler, id, event.events()),
                Token::Listener(listener) => self.accept(handler, listener)?,
                Token::Waker => self.woken(handler),
                Token::Signals => self.signalled(),
            }
        }
        Ok(())
    }

    #[cold]
    fn woken(&mut self, handler: &mut H) {
        match self.waker.take() {
            Asked::Nothing => {}
            Asked::Stop => self.io.stop(),
            Asked::Cut => self.io.cut(),
        }
        handler.on_wake(&mut self.io);
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

    #[inline]
    fn connection_ready(&mut self, handler: &mut H, id: ConnId, ready: EpollFlags) {
        if enabled!(Level::TRACE) {
            self.trace_ready(id, ready);
        }
        if ready.contains(EpollFlags::EPOLLOUT) {
            self.io.queue_flush(id);
        }
        if ready != EpollFlags::EPOLLOUT {
            self.read(handler, id, ready);
        }
    }

    /// Reads and calls back, as long as there is input and this connection's turn lasts.
    // ANCHOR: read
    #[inline]
    fn read(&mut self, handler: &mut H, id: ConnId, report: EpollFlags) {
        for reads in 1.. {
            let received = self.io.receive(id, report, &mut self.scratch);
            let left = if let Received::Data(left) = received {
                self.offer_scratch(handler, id);
                left
            } else {
                self.received_otherwise(handler, id, report, received)
            };
            match left {
                Left::Nothing => return,
                Left::Perhaps if reads < self.io.limits.reads => {}
                Left::Perhaps | Left::Unwanted => break,
            }
        }
        self.io.spend_edge(id); // nothing has shown that no more is there
    }
    // ANCHOR_END: read

    #[cold]
    fn trace_ready(&self, id: ConnId, ready: EpollFlags) {
        if let Some(connection) = self.io.connections.get(id) {
            let fd = connection.stream.as_raw_fd();
            trace!(fd, ready = flag_names(ready), "ready");
        }
    }

    #[cold]
    fn received_otherwise(
        &mut self,
        handler: &mut H,
        id: ConnId,
        report: EpollFlags,
        received: Received,
    ) -> Left {
        match received {
            Received::Data(left) | Received::MoreData(left) => {
                self.offer(handler, id);
                left
            }
            // A reset comes behind the input that was received before it, so that was read
            // first. Only closing ends these flags.
            Received::Nothing | Received::Unwanted if report.intersects(GONE) => {
                self.io.kill(id, Closed::RESET);
                Left::Nothing
            }
            Received::Nothing => Left::Nothing,
            Received::End => {
                self.offer_end(handler, id);
                Left::Unwanted
            }
            // Lingering, both directions are closed as soon as the peer has sent its end of
            // file; but it may still be reading, so only the end itself counts.
            Received::Unwanted | Received::Dropped | Received::Error => Left::Unwanted,
        }
    }
}
