//! All loops of the generator together.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bytes::Bytes;
use reactor::{Limits, Reactor, Waker};

use super::worker::{Order, Report, Worker};
use super::{Plan, Sample, Work};
use crate::tables::apart;

/// How often a run tells how it is going.
const TICK: Duration = Duration::from_millis(500);

/// The longest answer that is learnt as a model, in bytes.
const ANSWER: usize = 256 << 20;

/// How a run is going.
#[derive(Debug)]
pub struct Tick<'a> {
    /// Since the run began.
    pub time: Duration,
    /// Since the last tick.
    pub interval: Duration,
    /// What has happened in that.
    pub sample: &'a Sample,
}

/// What came of a stretch of work.
#[derive(Debug)]
pub struct Outcome {
    /// All that was counted, the answers that came after the end included.
    pub sample: Sample,
    /// Answers that were back before the end.
    pub answers: u64,
    /// How long it lasted.
    pub time: Duration,
}

impl Outcome {
    /// Answers per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let answers = self.answers as f64;
        answers / self.time.as_secs_f64()
    }
}

/// A server under load.
pub struct Run {
    plan: Plan,
    workers: Vec<One>,
    reports: Receiver<Report>,
    began: Instant,
    last: Instant,
    /// Connections served at the last tick, and when that last grew.
    opened: u64,
}

struct One {
    orders: Sender<Order>,
    waker: Waker,
    thread: JoinHandle<io::Result<()>>,
}

impl Run {
    /// Starts the loops; nothing is opened yet.
    ///
    /// # Errors
    /// As `clone(2)`, `unshare(2)`, `epoll_create1(2)`.
    pub fn start(plan: Plan) -> Result<Self> {
        let (reports, receiver) = mpsc::channel();
        let threads = plan.threads;
        let wakers: io::Result<Vec<Waker>> = (0..threads).map(|_| Waker::new()).collect();
        let mut workers = Vec::new();
        for (number, waker) in wakers?.into_iter().enumerate() {
            let (orders, receiver) = mpsc::channel();
            let (plan, own, reports) = (plan.clone(), waker.clone(), reports.clone());
            let work = move || {
                let limits = Limits {
                    input: ANSWER,
                    ..Limits::default()
                };
                let reactor = Reactor::with_waker(limits, own)?;
                let mut worker = Worker::new(plan, number, receiver, reports)?;
                reactor.run(&mut worker)
            };
            let thread = apart(format!("load-{number}"), work)?;
            workers.push(One {
                orders,
                waker,
                thread,
            });
        }
        let now = Instant::now();
        Ok(Self {
            plan,
            workers,
            reports: receiver,
            began: now,
            last: now,
            opened: 0,
        })
    }

    fn order(&self, make: impl Fn(usize) -> Order) {
        for (number, worker) in self.workers.iter().enumerate() {
            if worker.orders.send(make(number)).is_ok() {
                worker.waker.wake();
            }
        }
    }

    /// The next report but a failure.
    fn report(&self, wait: Duration) -> Result<Option<Report>> {
        match self.reports.recv_timeout(wait) {
            Ok(Report::Failed(what)) => bail!(what),
            Ok(report) => Ok(Some(report)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("the generator's loops have ended"),
        }
    }

    /// Asks all for what there is, and tells `watch`.
    fn tick(&mut self, watch: &mut dyn FnMut(&Tick<'_>)) -> Result<(Sample, usize)> {
        self.order(|_| Order::Tick);
        let mut all = Sample::new();
        let (mut missing, mut opened) = (self.workers.len(), 0);
        while missing > 0 {
            match self.report(self.plan.patience)? {
                Some(Report::Tick(sample)) => {
                    all.add(&sample);
                    missing -= 1;
                }
                Some(Report::Opened) => opened += 1,
                Some(_) => {}
                None => bail!("the generator itself doesn't answer"),
            }
        }
        let now = Instant::now();
        watch(&Tick {
            time: now - self.began,
            interval: now - self.last,
            sample: &all,
        });
        self.last = now;
        Ok((all, opened))
    }

    /// Opens the connections, each of which is served once; how long that took.
    ///
    /// # Errors
    /// What the first failure says; or none has been opened for as long as a server may be silent.
    pub fn open(&mut self, watch: &mut dyn FnMut(&Tick<'_>)) -> Result<Duration> {
        let began = Instant::now();
        self.order(|_| Order::Open);
        let mut missing = self.workers.len();
        let mut grown = began;
        let mut due = began + TICK;
        while missing > 0 {
            let wait = due.saturating_duration_since(Instant::now());
            if let Some(Report::Opened) = self.report(wait)? {
                missing -= 1;
                continue;
            }
            due += TICK;
            let (sample, opened) = self.tick(watch)?;
            missing -= opened;
            if sample.opened > self.opened {
                (self.opened, grown) = (sample.opened, Instant::now());
            } else if grown.elapsed() > self.plan.patience {
                let (opened, patience) = (self.opened, self.plan.patience);
                bail!(
                    "after {opened} connections the server has answered on no other for {patience:?}"
                );
            }
        }
        let took = began.elapsed();
        self.tick(watch)?;
        Ok(took)
    }

    /// Holds the connections for so long.
    ///
    /// # Errors
    /// What the first failure says.
    pub fn hold(&mut self, time: Duration, watch: &mut dyn FnMut(&Tick<'_>)) -> Result<Sample> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            self.report(left.min(TICK))?;
            let (sample, _) = self.tick(watch)?;
            if left <= TICK {
                return Ok(sample);
            }
        }
    }

    /// Has requests sent for `warm_up`, and then for `time`, which counts; `counted` is called where
    /// that begins, and where it ends.
    ///
    /// # Errors
    /// What the first failure says; or nothing was answered for as long as a server may be silent.
    pub fn work(
        &mut self,
        work: Work,
        (warm_up, time): (Duration, Duration),
        mut counted: impl FnMut(),
        watch: &mut dyn FnMut(&Tick<'_>),
    ) -> Result<Outcome> {
        #[expect(clippy::cast_precision_loss, reason = "a few threads")]
        let threads = self.workers.len() as f64;
        let count = self.workers.len();
        self.order(|number| {
            Order::Work(match work {
                Work::Closed(busy) => {
                    Work::Closed(busy / count + usize::from(number < busy % count))
                }
                Work::Open(rate) => Work::Open(rate / threads),
            })
        });
        self.stretch(warm_up, None, watch)?;
        counted();
        let began = Instant::now();
        let mut sum = Sample::new();
        self.stretch(time, Some(&mut sum), watch)?;
        counted();
        let took = began.elapsed();
        let answers = sum.latencies.len();
        self.order(|_| Order::Finish);
        for _ in 0..count {
            let end = Instant::now() + self.plan.patience;
            loop {
                match self.report(end.saturating_duration_since(Instant::now()))? {
                    Some(Report::Finished(sample)) => {
                        sum.add(&sample);
                        break;
                    }
                    Some(_) => {}
                    None => bail!(
                        "some requests are not answered within {:?}",
                        self.plan.patience
                    ),
                }
            }
        }
        Ok(Outcome {
            sample: sum,
            answers,
            time: took,
        })
    }

    /// Lets `time` pass, with a tick each half second, and adds up the samples.
    fn stretch(
        &mut self,
        time: Duration,
        mut sum: Option<&mut Sample>,
        watch: &mut dyn FnMut(&Tick<'_>),
    ) -> Result<()> {
        let end = Instant::now() + time;
        let mut answered = Instant::now();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let wait = Instant::now() + left.min(TICK);
            while self
                .report(wait.saturating_duration_since(Instant::now()))?
                .is_some()
            {}
            let (sample, _) = self.tick(watch)?;
            if !sample.latencies.is_empty() {
                answered = Instant::now();
            } else if answered.elapsed() > self.plan.patience {
                bail!("no answer within {:?}", self.plan.patience);
            }
            if let Some(sum) = &mut sum {
                sum.add(&sample);
            }
            if left <= TICK {
                return Ok(());
            }
        }
    }

    /// Says with `say` what all connections then have to hear; how long it took until all had.
    ///
    /// # Errors
    /// What the first failure says; or the rest hasn't heard it for as long as a server may be silent.
    pub fn told(
        &mut self,
        message: &Bytes,
        say: impl FnOnce() -> io::Result<()>,
        watch: &mut dyn FnMut(&Tick<'_>),
    ) -> Result<Duration> {
        self.order(|_| Order::Expect(message.clone()));
        let (before, _) = self.tick(watch)?;
        let began = Instant::now();
        say()?;
        let mut heard = (before.told, began);
        loop {
            self.report(Duration::from_millis(20))?;
            let (sample, _) = self.tick(watch)?;
            if sample.told >= before.told + sample.opened - sample.closed {
                return Ok(began.elapsed());
            }
            if sample.told > heard.0 {
                heard = (sample.told, Instant::now());
            } else if heard.1.elapsed() > self.plan.patience {
                bail!(
                    "{} of {} have heard it",
                    sample.told - before.told,
                    sample.opened
                );
            }
        }
    }

    /// Waits until the server has closed all connections; how long that took.
    ///
    /// # Errors
    /// What the first failure says; or it has closed no other for as long as it may be silent.
    pub fn closed(&mut self, watch: &mut dyn FnMut(&Tick<'_>)) -> Result<Duration> {
        let began = Instant::now();
        let mut closed = (0, began);
        loop {
            self.report(Duration::from_millis(20))?;
            let (sample, _) = self.tick(watch)?;
            if sample.closed >= sample.opened {
                return Ok(began.elapsed());
            }
            if sample.closed > closed.0 {
                closed = (sample.closed, Instant::now());
            } else if closed.1.elapsed() > self.plan.patience {
                bail!("{} of {} are closed", sample.closed, sample.opened);
            }
        }
    }

    /// Cuts all connections, and ends the loops.
    ///
    /// # Errors
    /// The first that a loop ended with.
    pub fn end(self) -> Result<()> {
        for worker in &self.workers {
            worker.waker.stop();
        }
        for worker in self.workers {
            match worker.thread.join() {
                Ok(ended) => ended?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    }
}
