//! A log in Redis, as the loop sees it: two queues.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use reactor::Waker;

use super::appender::{Appender, Job};
use super::engine::Engine;
use super::follower::Follower;
use super::{Full, Report};
use crate::{Command, Entry, State, Token};

/// Entries that may wait for the engine.
const APPENDS: usize = 4096;

/// Reports that may wait for the loop: then the follower reads no more.
const REPORTS: usize = 1024;

/// Entries between two snapshots.
const SNAPSHOT_EVERY: u64 = 1000;

/// A log in Redis.
#[derive(Debug)]
pub struct RedisLog {
    jobs: SyncSender<Job>,
    reports: Receiver<Report>,
    /// The epoch that was begun last, and the number of the last entry submitted in it.
    epoch: u64,
    number: u64,
    /// What may not be lost, and waits for room in the queue.
    owed: VecDeque<Job>,
    stopped: Arc<AtomicBool>,
}

impl RedisLog {
    /// The log of `room` in the engine at `url`. What it tells is announced by `waker`.
    ///
    /// # Errors
    /// If `url` is none, or no thread can be started. An engine that isn't there yet is waited for.
    pub fn new(url: &str, room: &str, waker: &Waker) -> io::Result<Self> {
        let (jobs, waiting) = sync_channel(APPENDS);
        let (told, reports) = sync_channel(REPORTS);
        let stopped = Arc::new(AtomicBool::new(false));
        let engine = Engine::new(url, room).map_err(io::Error::other)?;
        let follower = Follower::new(
            engine.clone(),
            told.clone(),
            waker.clone(),
            Arc::clone(&stopped),
        );
        let appender = Appender::new(engine, waiting, told, waker.clone());
        // Nobody joins them: they may be waiting for an engine that doesn't answer.
        thread::Builder::new()
            .name("follower".to_owned())
            .spawn(move || follower.run())?;
        thread::Builder::new()
            .name("appender".to_owned())
            .spawn(move || appender.run())?;
        Ok(Self {
            jobs,
            reports,
            epoch: 0,
            number: 0,
            owed: VecDeque::new(),
            stopped,
        })
    }

    pub(super) fn open(&mut self, nonce: Token) {
        self.owed.clear(); // of an epoch that is over
        self.owed.push_back(Job::Open(nonce));
        self.pay();
    }

    pub(super) fn opened(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.number = 0;
    }

    pub(super) fn submit(&mut self, command: Command) -> Result<(), Full> {
        // A member that is gone has nobody who could say so again.
        let must = matches!(command, Command::Leave { .. });
        self.pay();
        if !must && !self.owed.is_empty() {
            return Err(Full);
        }
        let entry = Entry {
            epoch: self.epoch,
            number: self.number + 1,
            command,
        };
        if must {
            self.owed.push_back(Job::Append(entry));
            self.pay();
        } else if self.jobs.try_send(Job::Append(entry)).is_err() {
            return Err(Full);
        }
        self.number += 1;
        Ok(())
    }

    pub(super) fn take(&mut self) -> Option<Report> {
        self.pay();
        self.reports.try_recv().ok()
    }

    pub(super) fn watch(&mut self, epochs: Vec<u64>) {
        self.owed.push_back(Job::Watch(epochs));
        self.pay();
    }

    pub(super) fn wants_snapshot(&self, position: u64) -> bool {
        position.is_multiple_of(SNAPSHOT_EVERY) && self.owed.is_empty()
    }

    pub(super) fn snapshot(&mut self, position: u64, state: &State) {
        // Without it the log only grows longer until the next one.
        let _ = self
            .jobs
            .try_send(Job::Snapshot(position, Box::new(state.clone())));
    }

    /// Moves what is owed into the queue, as far as it has room.
    fn pay(&mut self) {
        while let Some(job) = self.owed.pop_front() {
            if let Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) =
                self.jobs.try_send(job)
            {
                self.owed.push_front(job);
                return;
            }
        }
    }
}

impl Drop for RedisLog {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
