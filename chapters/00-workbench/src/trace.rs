//! The event trace: what a server did, as lines for people and as JSON for the book's player.
//!
//! A library says `trace!(fd, bytes = count, data = &buffer[..count], "read")`: the message is the
//! kind of event, one of [`KINDS`], the fields say the rest. [`Record`] is one such event as it
//! stands in a `--trace-json` file, one JSON object per line:
//!
//! ```json
//! {"t":1203,"thread":"main","event":"read","fd":4,"bytes":6,"data":"hello\\n"}
//! ```
//!
//! | field | type | meaning |
//! | --- | --- | --- |
//! | `t` | integer | microseconds since the trace began |
//! | `thread` | string | the thread's name, or `thread-2` … in the order of their first events |
//! | `event` | string | one of [`KINDS`] |
//! | `fd` | integer, if any | the descriptor it is about |
//! | `bytes` | integer, if any | how many bytes were moved |
//! | `data` | string, if any | the first [`EXCERPT`] of these bytes, escaped as in a Rust byte string; `…` stands for the rest |
//! | others | string, integer or boolean | as [`KINDS`] says of each kind |
//!
//! A terminal may take no more for a while. So lines for it go by a queue, which is as long as that may
//! be without a server waiting: if it is full, events are lost, and the trace says how many.

mod queue;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;
use std::{fmt, io, thread};

use anstyle::{AnsiColor, Style};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use self::queue::{Queue, to_terminal};

/// How many bytes of data an event shows.
pub const EXCERPT: usize = 48;

/// Every kind of event, its further fields, and what it means.
pub const KINDS: &[(&str, &str)] = &[
    ("listen", "fd, address, backlog: a listener was opened"),
    (
        "wait",
        "call, [fd], [timeout_ms]: a system call that may sleep begins",
    ),
    (
        "wake",
        "call, ready: a call that waits for many descriptors returned; how many are ready",
    ),
    (
        "ready",
        "fd, ready: what the kernel reports of one descriptor",
    ),
    (
        "register",
        "fd, interest: the kernel was asked to watch a descriptor",
    ),
    (
        "re-arm",
        "fd, interest: the interest was changed or renewed",
    ),
    ("unregister", "fd: the kernel no longer watches it"),
    (
        "accept",
        "fd, listener, peer: a connection was taken from the accept queue",
    ),
    ("read", "fd, bytes, data: bytes came from the socket"),
    (
        "discard",
        "fd, bytes: bytes came to a connection that only waits for its end, and are thrown away",
    ),
    (
        "write",
        "fd, bytes, data, [of]: bytes went to the socket; `of` so many offered",
    ),
    (
        "request",
        "fd, method, target: the head of an HTTP request has come",
    ),
    (
        "keep",
        "fd, bytes, until: input stays until there is more of its head, body or frame, room for the answer, or the answer",
    ),
    (
        "response",
        "fd, status, bytes: an HTTP answer of so many bytes is about to be sent",
    ),
    (
        "frame",
        "fd, way, opcode, fin, [rsv1], masked, bytes, data, [here]: a WebSocket frame comes in or goes out; its payload, unmasked, of which so much is here",
    ),
    (
        "deflate",
        "fd, way, bytes, compressed: so many bytes of a message take so many compressed, on its way in or out; on its way in, 0 if they come of those before",
    ),
    ("eof", "fd: the peer finished sending"),
    ("would-block", "fd, call: the call had nothing to do"),
    ("shutdown", "fd, how: one direction was closed"),
    ("timer", "[fd], what: a deadline has passed"),
    ("signal", "name: a signal was taken"),
    ("wakeup", "another thread asked for attention"),
    (
        "spawn",
        "task: a task was started, and its future not yet polled",
    ),
    ("task-wake", "task: a task was put into the run queue"),
    ("poll", "task: its future is asked to go on"),
    ("pending", "task: its future can't, and has left its waker"),
    ("task-end", "task: its future has returned"),
    ("error", "[fd], call, error: a call failed"),
    ("close", "fd, why: the descriptor was given back"),
    ("stop", "[why]: the server goes down"),
];

/// One event of a trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Microseconds since the trace began.
    pub t: u64,
    /// Who did it.
    pub thread: String,
    /// One of [`KINDS`].
    pub event: String,
    /// The descriptor it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fd: Option<i64>,
    /// How many bytes were moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The first of these bytes, escaped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// What else the kind says.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// `bytes` as they would stand in a Rust byte string, cut after [`EXCERPT`].
#[must_use]
pub fn excerpt(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(EXCERPT)];
    let rest = if bytes.len() > EXCERPT { "…" } else { "" };
    format!("{}{rest}", shown.escape_ascii())
}

impl Visit for Record {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.event);
        } else {
            self.more.insert(field.name().into(), value.into());
        }
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        if field.name() == "data" {
            self.data = Some(excerpt(value));
        } else {
            self.more.insert(field.name().into(), excerpt(value).into());
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "fd" {
            self.fd = Some(value);
        } else {
            self.more.insert(field.name().into(), value.into());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "bytes" {
            self.bytes = Some(value);
        } else {
            self.more.insert(field.name().into(), value.into());
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.more.insert(field.name().into(), value.into());
    }
}

/// The events on their way to the terminal, if it is to have them.
static TERMINAL: OnceLock<Queue> = OnceLock::new();

/// Writes each event to the terminal, into a file, or both.
struct Recorder {
    began: Instant,
    file: Option<Mutex<File>>,
}

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut record = Record {
            t: u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            thread: thread_name(),
            ..Record::default()
        };
        event.record(&mut record);
        if let Some(file) = &self.file
            && let Ok(mut line) = serde_json::to_vec(&record)
        {
            line.push(b'\n');
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // One write per line: a program that reads the file while the server runs sees whole
            // lines. A full disk must not end the server.
            let _ = file.write_all(&line);
        }
        if let Some(terminal) = TERMINAL.get() {
            terminal.add(record);
        }
    }
}

/// Sends the events of the whole process to the terminal and into `file`.
///
/// # Errors
/// If `file` can't be created, or a trace has already begun: one line for the person who asked.
pub(crate) fn install(terminal: bool, file: Option<&Path>) -> Result<(), String> {
    let file = match file {
        Some(path) => Some(Mutex::new(File::create(path).map_err(
            |error: io::Error| {
                format!(
                    "can't write the trace to {}: {error}; choose another file with --trace-json",
                    path.display()
                )
            },
        )?)),
        None => None,
    };
    let recorder = Recorder {
        began: Instant::now(),
        file,
    };
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(recorder))
        .map_err(|error| error.to_string())?;
    if terminal {
        TERMINAL.get_or_init(|| Queue::start(to_terminal));
    }
    Ok(())
}

/// Waits until the terminal has been told all, but not for long.
pub(crate) fn finish() {
    if let Some(terminal) = TERMINAL.get() {
        terminal.finish();
    }
}

/// The thread's name, or a number for a thread without one.
fn thread_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(2);
    thread_local! { static NUMBER: OnceCell<usize> = const { OnceCell::new() }; }
    match thread::current().name() {
        Some(name) => name.to_owned(),
        None => NUMBER.with(|number| {
            let number = number.get_or_init(|| NEXT.fetch_add(1, Ordering::Relaxed));
            format!("thread-{number}")
        }),
    }
}

/// One aligned line for a terminal; colours are dropped where they can't be shown.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dim = Style::new().dimmed();
        let colour = colour_of(&self.event);
        let (seconds, micros) = (self.t / 1_000_000, self.t % 1_000_000);
        write!(f, "{dim}{seconds:>4}.{micros:06}{dim:#} ")?;
        write!(
            f,
            "{:<10} {colour}{:<11}{colour:#} ",
            self.thread, self.event
        )?;
        match self.fd {
            Some(fd) => write!(f, "{:<7}", format!("fd {fd}"))?,
            None => write!(f, "{:7}", "")?,
        }
        if let Some(bytes) = self.bytes {
            write!(f, " {bytes:>6} B")?;
        }
        if let Some(data) = &self.data {
            write!(f, "  \"{data}\"")?;
        }
        for (name, value) in &self.more {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            write!(f, " {dim}{name}={dim:#}{value}")?;
        }
        Ok(())
    }
}

/// Sleeping is blue, moving bytes green, what changes the set of descriptors yellow, trouble red.
fn colour_of(kind: &str) -> Style {
    let colour = match kind {
        "wait" | "wake" | "ready" => AnsiColor::Blue,
        "read" | "discard" | "write" | "eof" | "request" | "response" | "frame" | "deflate" => {
            AnsiColor::Green
        }
        "would-block" | "error" => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    };
    colour.on_default()
}

#[cfg(test)]
mod tests;
