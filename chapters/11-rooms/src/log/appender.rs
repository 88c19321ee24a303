//! The appender: a thread that waits for the engine to take entries, and keeps the lease.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use reactor::Waker;
use redis::RedisResult;

use super::Report;
use super::engine::{Engine, LEASE, Line, invalid};
use crate::{Entry, State, Token};

/// What the appender has to do.
#[derive(Debug)]
pub(super) enum Job {
    Open(Token),
    Append(Entry),
    Watch(Vec<u64>),
    Snapshot(u64, Box<State>),
}

/// Entries that are sent before an answer is waited for.
const BATCH: usize = 256;

/// How long it waits before it tries again.
const PAUSE: Duration = Duration::from_millis(100);

/// The state of the thread.
pub(super) struct Appender {
    engine: Engine,
    jobs: Receiver<Job>,
    reports: SyncSender<Report>,
    waker: Waker,
    line: Option<Line>,
    /// Taken from the queue, and not carried out for sure.
    pending: VecDeque<Job>,
    /// The log that its epoch is of.
    name: String,
    own: Option<u64>,
    others: Vec<u64>,
    renewed: Instant,
    connected: Instant,
}

impl Appender {
    pub fn new(
        engine: Engine,
        jobs: Receiver<Job>,
        reports: SyncSender<Report>,
        waker: Waker,
    ) -> Self {
        Self {
            engine,
            jobs,
            reports,
            waker,
            line: None,
            pending: VecDeque::new(),
            name: String::new(),
            own: None,
            others: Vec::new(),
            renewed: Instant::now(),
            connected: Instant::now(),
        }
    }

    /// Works until the loop has ended.
    pub fn run(mut self) {
        loop {
            let wait = (LEASE / 4).saturating_sub(self.renewed.elapsed());
            match self.jobs.recv_timeout(wait) {
                Ok(job) => self.pending.push_back(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while self.pending.len() < BATCH
                && let Ok(job) = self.jobs.try_recv()
            {
                self.pending.push_back(job);
            }
            while self.work().is_err() {
                self.line = None;
                thread::sleep(PAUSE);
                self.renewed = Instant::now().checked_sub(LEASE).unwrap_or(self.renewed);
            }
        }
    }

    /// Does what is pending. What fails stays pending, and is done again: what the engine has done
    /// already without an answer is in the log twice, and applied once.
    fn work(&mut self) -> RedisResult<()> {
        let line = match &mut self.line {
            Some(line) => line,
            none => {
                let mut line = self.engine.connect()?;
                let name = line.name(Token::random().map_err(|error| invalid(&error))?)?;
                if name != self.name {
                    (self.name, self.own) = (name, None); // another log: epochs count from 1 again
                }
                self.connected = Instant::now();
                none.insert(line)
            }
        };
        while let Some(job) = self.pending.front() {
            match job {
                Job::Open(nonce) => {
                    let epoch = line.open(*nonce)?;
                    self.own = Some(epoch);
                    self.pending.pop_front();
                }
                Job::Append(entry) if Some(entry.epoch) != self.own => {
                    self.pending.pop_front(); // of an epoch that is over
                }
                Job::Append(_) => {
                    let entries = self.pending.iter().map_while(|job| match job {
                        Job::Append(entry) if Some(entry.epoch) == self.own => Some(entry.clone()),
                        _ => None,
                    });
                    let entries: Vec<_> = entries.collect();
                    line.append(&entries)?;
                    self.pending.drain(..entries.len());
                }
                Job::Watch(epochs) => {
                    self.others.clone_from(epochs);
                    self.pending.pop_front();
                }
                Job::Snapshot(position, state) => {
                    line.put_snapshot(*position, state)?;
                    self.pending.pop_front();
                }
            }
        }
        self.keep_lease()
    }

    fn keep_lease(&mut self) -> RedisResult<()> {
        if self.renewed.elapsed() < LEASE / 4 {
            return Ok(());
        }
        self.renewed = Instant::now();
        let (Some(own), Some(line)) = (self.own, &mut self.line) else {
            return Ok(());
        };
        let expired = line.lease(own, &self.others)?;
        if self.connected.elapsed() < LEASE {
            return Ok(()); // the engine was away from the others, too: they have yet to come back
        }
        for epoch in expired {
            // A loop that takes none is busy: it is told next time.
            if self.reports.try_send(Report::Expired { epoch }).is_ok() {
                self.waker.wake();
            }
        }
        Ok(())
    }
}
