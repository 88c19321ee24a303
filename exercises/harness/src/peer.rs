//! What a client knows of the server it talks to, and how its failures come to speak of it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::DEADLINE;
use crate::child::{Process, how_it_ended};
use crate::verdict::{Lesson, Verdict};
use crate::{limits, threads, watchdog};

/// How many lines of a server's last words are shown.
const LAST_WORDS: usize = 6;

/// How soon a process has ended once its descriptors are closed, on a busy machine.
pub(crate) const END: Duration = Duration::from_secs(1);

/// The other side of a connection.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// None where the server isn't a child of the test.
    pub(crate) process: Option<Process>,
    /// How long the server may stay silent.
    pub(crate) deadline: Duration,
    /// How many clients there have been.
    clients: AtomicUsize,
    lesson: Mutex<Option<Lesson>>,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr, process: Option<Process>) -> Self {
        Self {
            address,
            process,
            deadline: DEADLINE,
            clients: AtomicUsize::new(0),
            lesson: Mutex::new(None),
        }
    }

    pub(crate) fn teach(&self, means: &str, section: &str) {
        let lesson = Lesson {
            means: means.to_owned(),
            section: section.to_owned(),
        };
        *self.lesson.lock().unwrap_or_else(PoisonError::into_inner) = Some(lesson);
    }

    /// The number of a new client, from 1 on.
    pub(crate) fn next_client(&self) -> usize {
        1 + self.clients.fetch_add(1, Ordering::Relaxed)
    }

    /// How many clients there have been so far.
    pub(crate) fn clients(&self) -> usize {
        self.clients.load(Ordering::Relaxed)
    }

    /// Whether no thread of the server runs, or waits for a processor.
    pub(crate) fn is_asleep(&self) -> bool {
        let process = self.process.as_ref();
        process.is_none_or(|process| threads::running(process.pid()).is_empty())
    }

    /// Whether the server runs, as far as can be known.
    pub(crate) fn is_alive(&self) -> bool {
        let process = self.process.as_ref();
        process.is_some_and(|process| process.ended().is_none())
    }

    /// A verdict that begins with the server's end, if it has ended or does so within `patience`.
    pub(crate) fn verdict(&self, patience: Duration) -> Verdict {
        let mut verdict = Verdict::default();
        if let Some(process) = &self.process
            && let Some(status) = process.wait(patience)
        {
            add_end(
                &mut verdict,
                process,
                &format!("the server has ended ({})", how_it_ended(status)),
            );
        }
        verdict
    }

    /// Ends the test with `verdict`, completed.
    #[track_caller]
    pub(crate) fn fail(&self, mut verdict: Verdict, waiting: Option<Waiting>) -> ! {
        self.complete(&mut verdict, waiting);
        verdict.fail()
    }

    /// Adds what a living server does (if it keeps `waiting` someone waiting) and has said, and the
    /// lesson.
    pub(crate) fn complete(&self, verdict: &mut Verdict, waiting: Option<Waiting>) {
        if let Some(process) = &self.process
            && process.ended().is_none()
        {
            if let Some(waiting) = waiting {
                let report = watchdog::look(process.pid(), waiting);
                let state = if waiting.client.is_some() {
                    "hangs"
                } else {
                    "at this moment"
                };
                verdict.lines([format!("the server (pid {}) {state}:", process.pid())]);
                verdict.lines(report.lines);
                if let Some(conclusion) = report.conclusion {
                    verdict.prose("so", &conclusion);
                }
            }
            add_output(verdict, process, "its output so far ends with:");
        }
        verdict.lesson(
            self.lesson
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref(),
        );
    }
}

/// Who waits for the server in vain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    /// The waiting client's own address, where it is a connection that waits.
    pub(crate) client: Option<SocketAddr>,
    pub(crate) awaited: Awaited,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The answer to what was sent.
    Answer,
    /// The server's first words, to a client that has sent none.
    Greeting,
    /// The end of the connection.
    End,
}

impl Waiting {
    /// The test itself, for no client in particular.
    pub(crate) fn at_large() -> Self {
        Self {
            client: None,
            awaited: Awaited::Answer,
        }
    }

    /// The client with this address, for an answer.
    pub(crate) fn of(client: SocketAddr) -> Self {
        Self {
            client: Some(client),
            ..Self::at_large()
        }
    }
}

/// Adds how a process ended, with its last words.
pub(crate) fn add_end(verdict: &mut Verdict, process: &Process, ended: &str) {
    let words = process.last_words(LAST_WORDS);
    let is_out_of_memory = words.iter().any(|line| {
        line.starts_with("memory allocation of ") || line.contains("failed to spawn thread")
    });
    if words.is_empty() {
        verdict.lines([format!("{ended}, without a word")]);
    } else {
        verdict.lines([format!("{ended}; its last words:")]);
        verdict.lines(words.into_iter().map(|line| format!("  {line}")));
    }
    if is_out_of_memory {
        let most = limits::MEMORY >> 20;
        verdict.prose(
            "so",
            &format!(
                "here an answer may have {most} MiB of memory, the stacks of its threads included, and this one \
                 wanted more. Does something grow without end? Is a length believed that another has sent?"
            ),
        );
    }
}

/// Adds what a process has printed last below `heading`; nothing if it has not printed.
pub(crate) fn add_output(verdict: &mut Verdict, process: &Process, heading: &str) {
    let words = process.last_words(LAST_WORDS);
    if !words.is_empty() {
        verdict.lines([heading.to_owned()]);
        verdict.lines(words.into_iter().map(|line| format!("  {line}")));
    }
}
