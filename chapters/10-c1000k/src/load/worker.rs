//! One loop of the generator.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender};

use bytes::Bytes;
use nix::sys::epoll::EpollFlags;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::time::ClockId as Clock;
use reactor::{Buffer, Closed, ConnId, ConnectorId, Handler, Io, Origin, WatchId};
use std::os::fd::AsFd;
use std::time::Duration;

use super::connection::{Connection, Stage};
use super::pace::Pace;
use super::traffic::Traffic;
use super::{Answer, Plan, Sample, Work};

/// Connections that are being opened at a time, until the server has answered on them: fewer than a
/// server lets wait.
const OPENING: usize = 64;

/// What a worker is told to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Open the connections.
    Open,
    /// Send requests. Rates and numbers are this worker's share.
    Work(Work),
    /// Report what there is, and count from here.
    Tick,
    /// Send no more than what is due by now, and report when all of it is answered.
    Finish,
    /// This is about to be said to all.
    Expect(Bytes),
}

/// What a worker reports.
#[derive(Debug)]
pub(super) enum Report {
    Opened,
    Tick(Box<Sample>),
    Finished(Box<Sample>),
    /// It has met with something that ends the run.
    Failed(String),
}

/// Whether requests are sent.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Idle,
    Closed,
    Open(Pace),
    /// What was due by this time is still sent.
    Finishing(Option<Pace>, u64),
}

pub(super) struct Worker {
    plan: Plan,
    number: usize,
    traffic: Traffic,
    orders: Receiver<Order>,
    reports: Sender<Report>,
    timer: TimerFd,
    watched: bool,
    connections: Vec<Connection>,
    /// Those without a request in flight; the one that has been idle for longest comes first.
    idle: VecDeque<u32>,
    /// How many are still to be opened, how many are being opened, and when the next may be.
    to_open: usize,
    opening: usize,
    open_pace: Option<Pace>,
    phase: Phase,
    in_flight: usize,
    /// Whether an answer's connection sends the next request, or the one that is idle for longest.
    in_turn: bool,
    news: Option<Answer>,
    sample: Sample,
}

/// The time on `CLOCK_MONOTONIC`, in nanoseconds.
#[inline]
pub(super) fn now() -> u64 {
    let time = Clock::CLOCK_MONOTONIC
        .now()
        .unwrap_or_else(|_| TimeSpec::new(0, 0));
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec()).unwrap_or(0)
}

impl Worker {
    /// # Errors
    /// As `timerfd_create(2)`.
    pub fn new(
        plan: Plan,
        number: usize,
        orders: Receiver<Order>,
        reports: Sender<Report>,
    ) -> io::Result<Self> {
        let share =
            plan.connections / plan.threads + usize::from(number < plan.connections % plan.threads);
        Ok(Self {
            traffic: Traffic::new(&plan),
            number,
            orders,
            reports,
            timer: TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?,
            watched: false,
            connections: Vec::with_capacity(share),
            idle: VecDeque::with_capacity(share),
            to_open: share,
            opening: 0,
            open_pace: None,
            phase: Phase::Idle,
            in_flight: 0,
            in_turn: false,
            news: None,
            sample: Sample::new(),
            plan,
        })
    }

    fn fail(&mut self, io: &mut Io, what: impl Into<String>) {
        let _ = self.reports.send(Report::Failed(what.into()));
        io.stop();
    }

    fn obey(&mut self, io: &mut Io, order: Order) {
        match order {
            Order::Open => {
                #[expect(clippy::cast_precision_loss, reason = "a few threads")]
                let threads = self.plan.threads as f64;
                let pace = |rate: f64| Pace::new(now(), rate / threads);
                self.open_pace = self.plan.opening.map(pace);
                self.open_more(io);
                self.tell_opened();
            }
            Order::Work(Work::Closed(busy)) => {
                self.in_turn = busy < self.idle.len();
                self.phase = Phase::Closed;
                for _ in 0..busy {
                    let due = now();
                    let Some(place) = self.next_idle() else { break };
                    for _ in 0..self.plan.pipeline {
                        self.connections[place as usize].due.push_back(due);
                    }
                    self.send(io, place, self.plan.pipeline);
                }
            }
            Order::Work(Work::Open(rate)) => {
                // The workers take turns, so they don't send at the same moments.
                #[expect(clippy::cast_precision_loss, reason = "a few threads")]
                let shift = self.number as f64 / self.plan.threads as f64 * 1e9 / rate;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "small"
                )]
                let start = now() + shift as u64;
                self.in_turn = true;
                self.phase = Phase::Open(Pace::new(start, rate));
                self.send_due(io);
            }
            Order::Tick => {
                let sample = Box::new(self.take_sample());
                let _ = self.reports.send(Report::Tick(sample));
            }
            Order::Finish => {
                let pace = match self.phase {
                    Phase::Open(pace) => Some(pace),
                    _ => None,
                };
                self.phase = Phase::Finishing(pace, now());
                self.send_due(io);
                self.tell_finished();
            }
            Order::Expect(news) => self.news = Some(Answer::exactly(news.to_vec())),
        }
    }

    /// The sample so far, and a new one begins.
    fn take_sample(&mut self) -> Sample {
        let next = Sample {
            opened: self.sample.opened,
            closed: self.sample.closed,
            told: self.sample.told,
            failed: self.sample.failed,
            ..Sample::new()
        };
        mem::replace(&mut self.sample, next)
    }

    fn tell_opened(&mut self) {
        if self.to_open == 0 && self.opening == 0 {
            let _ = self.reports.send(Report::Opened);
        }
    }

    /// Tells once that all is answered.
    fn tell_finished(&mut self) {
        if let Phase::Finishing(pace, end) = self.phase
            && self.in_flight == 0
            && pace.is_none_or(|pace| pace.next() > end)
        {
            self.phase = Phase::Idle;
            let sample = Box::new(self.take_sample());
            let _ = self.reports.send(Report::Finished(sample));
        }
    }

    /// Opens as many connections as may be opened now.
    fn open_more(&mut self, io: &mut Io) {
        while self.to_open > 0 && self.opening < OPENING {
            if let Some(pace) = &mut self.open_pace {
                if pace.next() > now() {
                    break;
                }
                pace.take();
            }
            self.to_open -= 1;
            self.opening += 1;
            let number = self.to_open * self.plan.threads + self.number;
            let address: SocketAddr = self.plan.target.address();
            match self.plan.source(number) {
                Some(source) => io.connect_from(source, address, self.plan.patience),
                None => io.connect(vec![address], self.plan.patience),
            };
        }
        self.set_timer(io);
    }

    /// Has `on_ready` called when the next thing is due, to the nanosecond: `epoll_wait` knows only
    /// milliseconds.
    fn set_timer(&mut self, io: &mut Io) {
        let open = (self.to_open > 0 && self.opening < OPENING)
            .then_some(self.open_pace)
            .flatten();
        let work = match self.phase {
            Phase::Open(pace) if !self.idle.is_empty() => Some(pace),
            _ => None,
        };
        let Some(due) = [open, work].iter().flatten().map(Pace::next).min() else {
            // Nothing is: what has run out needn't be reported again.
            if self.watched {
                let _ = self.timer.unset();
            }
            return;
        };
        if !self.watched {
            let watched = self.timer.as_fd().try_clone_to_owned();
            let watched = watched.and_then(|timer| io.watch(timer, EpollFlags::EPOLLIN));
            if let Err(error) = watched {
                return self.fail(io, format!("a timer can't be watched: {error}"));
            }
            self.watched = true;
        }
        // A time that has passed runs out at once; 0 would mean none.
        let due = TimeSpec::from_duration(Duration::from_nanos(due.max(1)));
        let flags = TimerSetTimeFlags::TFD_TIMER_ABSTIME;
        if let Err(error) = self.timer.set(Expiration::OneShot(due), flags) {
            self.fail(io, format!("a timer can't be set: {error}"));
        }
    }

    // ANCHOR: send_due
    /// Open loop: sends what is due, each on the connection that has been idle for longest.
    fn send_due(&mut self, io: &mut Io) {
        let now = now();
        loop {
            let (pace, until) = match &mut self.phase {
                Phase::Open(pace) => (pace, now),
                Phase::Finishing(Some(pace), end) => (pace, *end),
                _ => return,
            };
            if pace.next() > until {
                break;
            }
            let Some(next) = self.idle.pop_front() else {
                break; // it stays due: the next answer brings it an idle connection
            };
            if self.connections[next as usize].stage == Stage::Open {
                let due = pace.take();
                self.connections[next as usize].due.push_back(due);
                self.send(io, next, 1);
            }
        }
        self.set_timer(io);
    }
    // ANCHOR_END: send_due

    /// An idle connection that is still there.
    fn next_idle(&mut self) -> Option<u32> {
        loop {
            let place = self.idle.pop_front()?;
            if self.connections[place as usize].stage == Stage::Open {
                return Some(place);
            }
        }
    }

    /// Sends so many requests; when they were due is noted already.
    #[inline]
    fn send(&mut self, io: &mut Io, place: u32, number: usize) {
        self.in_flight += number;
        io.send(
            self.connections[place as usize].id,
            self.traffic.requests(number),
        );
    }

    /// So many answers are complete.
    #[inline]
    fn answered(&mut self, io: &mut Io, place: u32, number: usize) {
        let now = now();
        let connection = &mut self.connections[place as usize];
        for _ in 0..number {
            let Some(due) = connection.due.pop_front() else {
                return self.fail(io, "the server answers what wasn't asked");
            };
            let _ = self.sample.latencies.record(now.saturating_sub(due).max(1));
        }
        self.in_flight -= number;
        if matches!(self.phase, Phase::Closed) && !self.in_turn {
            for _ in 0..number {
                connection.due.push_back(now);
            }
            self.send(io, place, number);
        } else {
            self.answered_in_turn(io, place, now);
        }
    }

    /// The next request goes to another connection, if it is to be sent at all.
    fn answered_in_turn(&mut self, io: &mut Io, place: u32, now: u64) {
        if !self.connections[place as usize].due.is_empty() {
            return;
        }
        self.idle.push_back(place);
        if matches!(self.phase, Phase::Closed) {
            if let Some(next) = self.next_idle() {
                for _ in 0..self.plan.pipeline {
                    self.connections[next as usize].due.push_back(now);
                }
                self.send(io, next, self.plan.pipeline);
            }
        } else {
            // An idle connection was missing, or the timer waits for the next.
            if self.idle.len() == 1 || matches!(self.phase, Phase::Finishing(..)) {
                self.send_due(io);
            }
            self.tell_finished();
        }
    }

    /// Input on a connection that hasn't been served yet.
    #[cold]
    fn greet(&mut self, io: &mut Io, id: ConnId, place: u32, input: &mut Buffer) {
        let connection = &mut self.connections[place as usize];
        if connection.stage == Stage::Handshake
            && let Some((opening, _)) = &self.traffic.handshake
        {
            match opening.answer(input) {
                Ok(None) => return,
                Ok(Some((_, used))) => input.consume(used),
                Err(error) => return self.fail(io, format!("no WebSocket: {error}")),
            }
            return self.served(io, place);
        }
        if self.traffic.answer.is_none() {
            match Answer::learn(input) {
                Ok(None) => return,
                Ok(model) => self.traffic.answer = model,
                Err(error) => return self.fail(io, error),
            }
        }
        let Some(answer) = &self.traffic.answer else {
            return;
        };
        let complete = answer.compare(&mut connection.at, input);
        input.clear();
        match complete {
            Ok(0) => {}
            Ok(1) => self.served(io, place),
            _ => self.differs(io, id),
        }
    }

    /// The server has answered on this connection for the first time.
    fn served(&mut self, io: &mut Io, place: u32) {
        self.connections[place as usize].stage = Stage::Open;
        self.idle.push_back(place);
        self.sample.opened += 1;
        self.opening -= 1;
        self.open_more(io);
        self.tell_opened();
    }

    fn differs(&mut self, io: &mut Io, id: ConnId) {
        let peer = io
            .peer(id)
            .map_or_else(String::new, |peer| format!(" of {peer}"));
        self.fail(io, format!("an answer{peer} is not what it has to be"));
    }

    /// Input that isn't the answer to a request: what is said to all, or a frame of WebSocket's own.
    #[cold]
    fn unasked(&mut self, io: &mut Io, id: ConnId, place: u32, at: u32, input: &[u8]) {
        let connection = &mut self.connections[place as usize];
        connection.at = at;
        if self.traffic.handshake.is_some() && at == 0 && matches!(input, [0x88..=0x8a, ..]) {
            if input[0] == 0x89 {
                let mut pong = Vec::new();
                let payload = input.get(2..).unwrap_or_default();
                let mask = Some(websocket::Mask::new([0; 4]));
                websocket::write_frame(&mut pong, websocket::Opcode::Pong, mask, payload);
                io.send(id, &pong);
            }
            return; // of a Close, the end of the connection tells more
        }
        if connection.due.is_empty()
            && let Some(news) = &self.news
            && let Ok(heard) = news.compare(&mut connection.heard, input)
        {
            self.sample.told += heard as u64;
            return;
        }
        self.differs(io, id);
    }
}

impl Handler for Worker {
    /// The connection's place in the list.
    type Session = u32;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> u32 {
        let place = u32::try_from(self.connections.len()).unwrap_or(u32::MAX);
        let stage = if let Some((_, request)) = &self.traffic.handshake {
            io.send(id, request);
            Stage::Handshake
        } else {
            io.send(id, self.traffic.requests(1));
            Stage::Greeting
        };
        io.keep_reading(id);
        self.connections.push(Connection {
            id,
            stage,
            at: 0,
            heard: 0,
            due: VecDeque::new(),
        });
        place
    }

    #[inline]
    fn on_data(&mut self, io: &mut Io, id: ConnId, place: &mut u32, input: &mut Buffer) {
        let connection = &mut self.connections[*place as usize];
        if connection.stage != Stage::Open {
            return self.greet(io, id, *place, input);
        }
        let Some(answer) = &self.traffic.answer else {
            return self.greet(io, id, *place, input);
        };
        let before = connection.at;
        match answer.compare(&mut connection.at, input) {
            Ok(0) => {}
            Ok(complete) => self.answered(io, *place, complete),
            Err(_) => self.unasked(io, id, *place, before, input),
        }
        input.clear();
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, place: &mut u32, _: &mut Buffer) {
        let connection = &mut self.connections[*place as usize];
        let (stage, in_flight) = (connection.stage, connection.due.len());
        connection.stage = Stage::Gone;
        io.abort(id);
        self.sample.closed += 1;
        if in_flight > 0 || stage != Stage::Open {
            self.fail(io, "the server closes a connection instead of answering");
        }
    }

    fn on_close(&mut self, io: &mut Io, _: ConnId, place: u32, why: Closed) {
        let connection = &mut self.connections[place as usize];
        if connection.stage != Stage::Gone && !io.is_stopping() {
            connection.stage = Stage::Gone;
            self.sample.closed += 1;
            self.fail(io, format!("the server cuts a connection: {why:?}"));
        }
    }

    fn on_connect_failed(&mut self, io: &mut Io, _: ConnectorId, error: io::Error) {
        self.sample.failed += 1;
        self.opening = self.opening.saturating_sub(1);
        if io.is_stopping() {
            return;
        }
        let opened = self.sample.opened;
        self.fail(
            io,
            format!(
                "after {opened} connections of this thread, the next fails: {error}; \
                 just run 10-c1000k --doctor names the limits"
            ),
        );
    }

    fn on_ready(&mut self, io: &mut Io, _: WatchId, _: EpollFlags) {
        // Setting the timer anew ends its readiness, so it needn't be read (timerfd_create(2)).
        if self.to_open > 0 {
            self.open_more(io);
        }
        self.send_due(io);
        self.set_timer(io);
    }

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok(order) = self.orders.try_recv() {
            self.obey(io, order);
        }
    }

    /// With a reset: no port has to wait for a minute (TIME-WAIT).
    fn on_stop(&mut self, io: &mut Io, id: ConnId, _: &mut u32) {
        io.abort(id);
    }
}
