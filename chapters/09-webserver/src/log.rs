//! The access log: a line for each answer, in the Common Log Format.
//!
//! ```text
//!   192.0.2.1 - - [01/Dec/2026:10:20:30 +0000] "GET /welcome HTTP/1.1" 200 2326
//! ```
//!
//! A disk may be slow, so lines go through a bounded channel to a thread that writes them: the idea of the
//! pool once more. If the channel is full, a line is dropped and counted, as the loop never waits; the
//! log says how many were. There is no secret in a line: passwords come in bodies, and tokens in fields. And
//! no client can end a line or hide one: what isn't printable ASCII is written as `\xNN`.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::SystemTime;

use http::{Head, Status};
use httpdate::HttpDate;

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// An access log. Dropping it writes what waits.
#[derive(Debug)]
pub struct Log {
    /// `None` once it ends.
    lines: Option<SyncSender<String>>,
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    dropped: AtomicU64,
    reopen: AtomicBool,
}

impl Log {
    /// Opens the log in `file`, and appends to it.
    ///
    /// # Errors
    /// If it can't be opened, or no thread can be started.
    pub fn open(file: PathBuf) -> io::Result<Self> {
        let mut writer = Writer {
            out: open(&file)?,
            file,
            failed: false,
        };
        let shared = Arc::new(Shared::default());
        let (lines, queue) = sync_channel(QUEUE);
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.write_all(&queue, &theirs))?;
        Ok(Self {
            lines: Some(lines),
            shared,
            thread: Some(thread),
        })
    }

    /// Writes a line, or counts it as dropped.
    pub fn add(&self, line: String) {
        if let Some(lines) = &self.lines
            && lines.try_send(line).is_err()
        {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Opens the file anew, after another program has renamed it: the next line goes to the new one.
    pub fn reopen(&self) {
        self.shared.reopen.store(true, Ordering::Release);
        if let Some(lines) = &self.lines {
            // An empty line only wakes the writer. If there is no room for it, that is awake.
            let _ = lines.try_send(String::new());
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's own.
struct Writer {
    file: PathBuf,
    out: BufWriter<File>,
    /// Whether that has been told.
    failed: bool,
}

impl Writer {
    fn write_all(&mut self, queue: &Receiver<String>, shared: &Shared) {
        while let Ok(line) = queue.recv() {
            let mut next = Some(line);
            while let Some(line) = next {
                let result = self.write(&line, shared);
                self.check(&result);
                next = queue.try_recv().ok();
            }
            let result = self.out.flush(); // nothing more waits: what there is can be read
            self.check(&result);
        }
    }

    fn write(&mut self, line: &str, shared: &Shared) -> io::Result<()> {
        if shared.reopen.swap(false, Ordering::Acquire) {
            self.out.flush()?;
            self.out = open(&self.file)?;
        }
        let dropped = shared.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            writeln!(
                self.out,
                "# {dropped} lines were dropped here: the disk was too slow"
            )?;
        }
        self.out.write_all(line.as_bytes())
    }

    /// A full disk is no reason to end the server; that the log stands still is told once.
    fn check(&mut self, result: &io::Result<()>) {
        if let Err(error) = result
            && !self.failed
        {
            let file = self.file.display();
            let _ = writeln!(
                io::stderr(),
                "error: the log {file} can't be written: {error}"
            );
        }
        self.failed = result.is_err();
    }
}

fn open(file: &Path) -> io::Result<BufWriter<File>> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o640)
        .open(file)?;
    Ok(BufWriter::new(file))
}

/// The line of an answer: `bytes` are those of head and content.
#[must_use]
pub fn line(
    address: IpAddr,
    head: Option<&Head<'_>>,
    status: Status,
    bytes: u64,
    now: SystemTime,
) -> String {
    // Sun, 06 Nov 1994 08:49:37 GMT
    let date = HttpDate::from(now).to_string();
    let date: Vec<&str> = date.split(' ').collect();
    let mut line = match date[..] {
        [_, day, month, year, time, _] => {
            format!("{address} - - [{day}/{month}/{year}:{time} +0000] \"")
        }
        _ => format!("{address} - - [-] \""), // not reached: that is its form
    };
    match head {
        Some(head) => {
            // The request line, as it came.
            let end = head.text().iter().position(|&byte| byte == b'\r');
            escape(&head.text()[..end.unwrap_or(0)], &mut line);
        }
        None => line.push('-'),
    }
    let _ = writeln!(line, "\" {} {bytes}", status.code()); // a `String` takes all
    line
}

/// Appends `bytes`, so that they can neither end the line nor the quotation.
fn escape(bytes: &[u8], line: &mut String) {
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => line.extend(['\\', char::from(byte)]),
            b' '..=b'~' => line.push(char::from(byte)),
            _ => {
                let _ = write!(line, "\\x{byte:02x}"); // a `String` takes all
            }
        }
    }
}

#[cfg(test)]
mod tests;
