//! One line of the table: a state, what it costs, and whether that is within bounds.

use std::fmt;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::crowd::{Told, keep};
use crate::good::{Waits, ask};
use crate::process::{Server, Usage};
use crate::state::{Door, State};

/// How long the good client asks, alone and beside the crowd.
const TIME: Duration = Duration::from_secs(2);

/// How long it may take until all are in the state.
const ARRIVAL: Duration = Duration::from_secs(8);

/// Most memory of ours that may be pinned, in MiB.
const MEMORY: u64 = 256;

/// Most time of the processor for a MiB that is sent.
const PROCESSOR: f64 = 0.05;

/// Or what share of one core, whatever is sent.
const SHARE: f64 = 0.1;

/// What 99 of 100 of the good client's questions may take.
const LATE: Duration = Duration::from_millis(50);

/// What a state costs.
#[derive(Debug)]
pub struct Row {
    chapter: u8,
    name: &'static str,
    count: usize,
    /// At most, less what there was before.
    peak: Usage,
    /// After all have gone, less what there was before.
    after: Usage,
    /// How long the crowd was there.
    time: Duration,
    sent: u64,
    received: u64,
    ended: u64,
    alone: Waits,
    beside: Waits,
    death: Option<String>,
}

/// Measures `state` with `count` connections.
pub fn measure(servers: &Path, state: &State, count: usize, address_space: u64) -> Result<Row> {
    let mut server = Server::start(servers, state.chapter, address_space)?;
    let (address, good) = (server.address(state.door), server.address(Door::Web));
    let alone = ask(good, state.chapter, TIME / 2);
    let (before, told) = (server.usage(), Told::default());
    let began = Instant::now();
    let mut peak = Usage::default();
    let beside = thread::scope(|scope| {
        let crowd = scope.spawn(|| keep(address, state, count, &told));
        while !told.complete.load(Ordering::Relaxed) && began.elapsed() < ARRIVAL {
            peak = peak.max(server.usage());
            thread::sleep(Duration::from_millis(20));
        }
        let beside = scope.spawn(|| ask(good, state.chapter, TIME));
        while !beside.is_finished() {
            peak = peak.max(server.usage());
            thread::sleep(Duration::from_millis(20));
        }
        told.enough.store(true, Ordering::Relaxed);
        let _ = crowd.join();
        beside.join().unwrap_or_default()
    });
    let time = began.elapsed();
    thread::sleep(TIME / 2); // until the server has noticed that they are gone
    let after = server.usage();
    let last = ask(good, state.chapter, TIME / 10);
    let death = server
        .ended()
        .or((last.failed > 0).then(|| "serves nobody".to_owned()));
    let load = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed);
    Ok(Row {
        chapter: state.chapter,
        name: state.name,
        count,
        peak: peak.less(before),
        after: after.less(before),
        time,
        sent: load(&told.sent),
        received: load(&told.received),
        ended: load(&told.ended),
        alone,
        beside,
        death,
    })
}

impl Usage {
    fn max(self, other: Self) -> Self {
        Self {
            resident: self.resident.max(other.resident),
            kernel: self.kernel.max(other.kernel),
            descriptors: self.descriptors.max(other.descriptors),
            processor: self.processor.max(other.processor),
        }
    }

    fn less(self, before: Self) -> Self {
        Self {
            resident: self.resident.saturating_sub(before.resident),
            kernel: self.kernel.saturating_sub(before.kernel),
            descriptors: self.descriptors.saturating_sub(before.descriptors),
            processor: self.processor.saturating_sub(before.processor),
        }
    }
}

impl Row {
    pub const HEAD: &'static str = "\
| ch. | state | count | ours | kernel | fds | CPU | sent | out/in | CPU/MiB | put out | alone | beside | p99 | after | verdict |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |";

    /// Seconds of the processor for each MiB that was sent, if it was one at least.
    fn price(&self) -> Option<f64> {
        let mib = self.sent as f64 / f64::from(1 << 20);
        (mib >= 1.0).then(|| self.peak.processor.as_secs_f64() / mib)
    }

    /// What is out of bounds.
    fn faults(&self) -> Vec<String> {
        let slow = self.beside.median > (2 * self.alone.median).max(Duration::from_millis(1));
        let processor = self.peak.processor.as_secs_f64();
        let is_dear = self.price().is_some_and(|price| price > PROCESSOR)
            && processor > SHARE * self.time.as_secs_f64();
        let faults = [
            (self.peak.resident > MEMORY, "memory"),
            (is_dear, "processor"),
            (self.beside.failed > 0, "not served"),
            (slow, "median"),
            (self.beside.late > LATE, "p99"),
            (self.after.descriptors > 2, "descriptors stay"),
        ];
        let named = faults
            .into_iter()
            .filter(|fault| fault.0)
            .map(|fault| fault.1.to_owned());
        named.chain(self.death.clone()).collect()
    }

    pub fn is_good(&self) -> bool {
        self.faults().is_empty()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        let price = self
            .price()
            .map_or("–".to_owned(), |price| format!("{price:.3} s"));
        let amplified = if self.sent == 0 {
            "–".to_owned()
        } else {
            format!("{:.1}", self.received as f64 / self.sent as f64)
        };
        let faults = self.faults();
        let verdict = if faults.is_empty() {
            "good".to_owned()
        } else {
            format!("**{}**", faults.join(", "))
        };
        write!(
            f,
            "| {:02} | {} | {} | {} MiB | {} MiB | {} | {:.2} s | {:.1} MiB | {amplified} | {price} | {} | {} | {} | {} | {} MiB | {verdict} |",
            self.chapter,
            self.name,
            self.count,
            self.peak.resident,
            self.peak.kernel,
            self.peak.descriptors,
            self.peak.processor.as_secs_f64(),
            self.sent as f64 / f64::from(1 << 20),
            self.ended,
            millis(self.alone.median),
            millis(self.beside.median),
            millis(self.beside.late),
            self.after.resident,
        )
    }
}
