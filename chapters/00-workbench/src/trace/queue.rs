//! The way of events to a terminal, which may take them or not.
//!
//! ```text
//!   the server ──► at most 16,384 events ──► a thread of its own ──► the terminal
//!        └── no room: counted             "… 312 events lost here"
//! ```
//!
//! A terminal in which somebody presses Ctrl-S takes nothing until Ctrl-Q, and `--trace | less` only what
//! is scrolled to. A write to it waits, and a server that writes itself waits with all its clients.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use super::Record;

/// Events that may wait.
const WAITING: usize = 16 * 1024;

/// How long the end of the program waits for those that do.
const LAST: Duration = Duration::from_millis(500);

/// Events on their way.
#[derive(Debug)]
pub(super) struct Queue {
    entries: SyncSender<Entry>,
    lost: AtomicU64,
}

#[derive(Debug)]
enum Entry {
    Event(Box<Record>),
    /// Here, so many were lost.
    Lost(u64),
    /// All before this has been written: somebody waits for that.
    End(SyncSender<()>),
}

impl Queue {
    /// Events that `write` is to write, on a thread of its own.
    pub fn start(write: impl FnMut(&str) + Send + 'static) -> Self {
        let (entries, arriving) = mpsc::sync_channel(WAITING);
        // Without a thread all are lost, which `lost` counts.
        let _ = thread::Builder::new()
            .name("trace".to_owned())
            .spawn(move || run(&arriving, write));
        let lost = AtomicU64::new(0);
        Self { entries, lost }
    }

    /// Adds `record`, or counts it as lost. Never waits.
    pub fn add(&self, record: Record) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 && self.entries.try_send(Entry::Lost(lost)).is_err() {
            self.lost.fetch_add(lost + 1, Ordering::Relaxed);
        } else if self
            .entries
            .try_send(Entry::Event(Box::new(record)))
            .is_err()
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all has been written, but not for long.
    pub fn finish(&self) {
        let end = Instant::now() + LAST;
        let (done, is_done) = mpsc::sync_channel(1);
        let mut entry = Entry::End(done);
        while let Err(TrySendError::Full(back)) = self.entries.try_send(entry) {
            if Instant::now() > end {
                return;
            }
            entry = back;
            thread::sleep(Duration::from_millis(5));
        }
        let _ = is_done.recv_timeout(end.saturating_duration_since(Instant::now()));
    }
}

fn run(arriving: &Receiver<Entry>, mut write: impl FnMut(&str)) {
    for entry in arriving {
        match entry {
            Entry::Event(record) => write(&format!("{record}\n")),
            Entry::Lost(count) => write(&format!("… {count} events lost here\n")),
            Entry::End(done) => drop(done.try_send(())),
        }
    }
}

/// Writes to standard error, with colours where they can be shown.
pub(super) fn to_terminal(text: &str) {
    // A trace that can't be written (a closed terminal) must not end the server.
    let _ = anstream::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{Queue, Record, WAITING};

    fn record(number: usize) -> Record {
        Record {
            event: format!("e-{number}"),
            ..Record::default()
        }
    }

    #[test]
    fn a_terminal_that_takes_nothing_holds_nobody_up_and_is_told_what_it_missed() {
        let (written, lines) = mpsc::channel::<String>();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let queue = Queue::start(move |text| {
            let _ = may_go_on.recv(); // until the other end is gone
            let _ = written.send(text.to_owned());
        });
        for number in 0..2 * WAITING {
            queue.add(record(number));
        }
        drop(go_on);
        for number in 0..WAITING {
            assert!(
                lines
                    .recv()
                    .expect("a line")
                    .contains(&format!("e-{number} "))
            );
        }
        // How many exactly depends on whether the writer had taken the first one in time.
        queue.finish();
        queue.add(record(7));
        queue.finish();
        let rest: Vec<String> = lines.try_iter().collect();
        let lost = rest
            .iter()
            .position(|line| line.contains("events lost here"));
        assert_eq!(lost, rest.len().checked_sub(2), "{rest:?}");
        assert!(rest.last().is_some_and(|line| line.contains("e-7 ")));
    }
}
