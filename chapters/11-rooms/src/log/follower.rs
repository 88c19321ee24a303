//! The follower: a thread that waits for the log's next entries.
//!
//! ```text
//!             ┌────────────────────── error ──────────────────────┐
//!             ▼                                                   │
//!          Connect ──► is it the log that was followed? ── yes ──► Follow
//!                                     │ no, or none yet             ▲
//!                                     └──► begin: snapshot ─────────┘
//! ```
//!
//! An engine may come back empty, or without its last entries. So after each break the follower asks for
//! the last entry that it has passed on, and begins anew if that isn't there any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use reactor::Waker;
use redis::RedisResult;

use super::Report;
use super::engine::{Engine, Line, invalid};
use crate::Token;

/// How long it waits before it tries again.
const PAUSE: Duration = Duration::from_millis(100);

/// Where it is in the log.
#[derive(Debug)]
struct Followed {
    name: String,
    position: u64,
    /// The entry there, unless that is a snapshot's place.
    last: Option<String>,
}

/// The state of the thread.
pub(super) struct Follower {
    engine: Engine,
    reports: SyncSender<Report>,
    waker: Waker,
    stopped: Arc<AtomicBool>,
    followed: Option<Followed>,
    away: bool,
}

/// Why it ends: the loop has.
struct Stopped;

impl Follower {
    pub fn new(
        engine: Engine,
        reports: SyncSender<Report>,
        waker: Waker,
        stopped: Arc<AtomicBool>,
    ) -> Self {
        Self {
            engine,
            reports,
            waker,
            stopped,
            followed: None,
            away: false,
        }
    }

    /// Works until the loop has ended.
    pub fn run(mut self) {
        while !self.stopped.load(Ordering::Relaxed) {
            if let Ok(Stopped) = self.follow() {
                return;
            }
            if !self.away && self.tell(Report::Away).is_err() {
                return;
            }
            self.away = true;
            thread::sleep(PAUSE);
        }
    }

    fn follow(&mut self) -> RedisResult<Stopped> {
        let mut line = self.engine.connect()?;
        if !self.is_the_same(&mut line)? {
            let begun = self.begin(&mut line)?;
            if self.tell(begun).is_err() {
                return Ok(Stopped);
            }
        }
        if self.away && self.tell(Report::Back).is_err() {
            return Ok(Stopped);
        }
        self.away = false;
        while !self.stopped.load(Ordering::Relaxed) {
            let Some(followed) = &mut self.followed else {
                break;
            };
            let entries = line.after(followed.position)?;
            for (position, text) in entries {
                if position != followed.position + 1 {
                    self.followed = None; // trimmed away while this was read: begin at a snapshot
                    return Err(invalid(&format!("{position} is not the next entry")));
                }
                let entry = serde_json::from_str(&text).map_err(|error| invalid(&error))?;
                followed.position = position;
                followed.last = Some(text);
                let next = Report::Next { position, entry };
                if self.reports.send(next).is_err() {
                    return Ok(Stopped);
                }
                self.waker.wake();
            }
        }
        Ok(Stopped)
    }

    /// Whether the engine has the log that was followed, with its last entry.
    // ANCHOR: same
    fn is_the_same(&self, line: &mut Line) -> RedisResult<bool> {
        let Some(followed) = &self.followed else {
            return Ok(false);
        };
        let new = Token::random().map_err(|error| invalid(&error))?;
        if line.name(new)? != followed.name {
            return Ok(false);
        }
        Ok(match &followed.last {
            Some(last) => line.at(followed.position)?.as_ref() == Some(last),
            None => followed.position == 0 || line.at(followed.position)?.is_some(),
        })
    }
    // ANCHOR_END: same

    fn begin(&mut self, line: &mut Line) -> RedisResult<Report> {
        let name = line.name(Token::random().map_err(|error| invalid(&error))?)?;
        let (position, state) = line.snapshot()?.unzip();
        self.followed = Some(Followed {
            name: name.clone(),
            position: position.unwrap_or(0),
            last: None,
        });
        let state = state.map(Box::new);
        Ok(Report::Begun { name, state })
    }

    fn tell(&self, report: Report) -> Result<(), Stopped> {
        self.reports.send(report).map_err(|_| Stopped)?;
        self.waker.wake();
        Ok(())
    }
}
