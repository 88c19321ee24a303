//! A server in a child process, as a test sees it.

mod checks;
mod start;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::child::Process;
use crate::client::Client;
use crate::peer::{Peer, Waiting};
use crate::words::duration;
use crate::{cpu, limits, threads, watchdog};

pub use start::failed_listener;

/// Begins a line on stderr that tells of a panic beside a test that passes.
const ALSO: &str = "also: ";

/// The receive buffer that a slow client asks for; the kernel doubles it (`socket(7)`). With the smallest that the
/// kernel allows, a window has room for two segments of 564 bytes, and no room that is made is worth an announcement: on
/// a busy machine the sender may end up with one segment for each tick of its persist timer, 200 ms.
const SMALL: usize = 8 * 1024;

/// A server in a child process. Dropping it kills the child and waits for its end.
///
/// The child has as many descriptors as the hard limit allows (`ulimit -Hn`). Where the test process
/// itself is killed, an answer dies with it (`PR_SET_PDEATHSIG`); a program that was spawned doesn't.
/// An answer's life hangs on the *thread* that started it: keep a [`Server`] on the test's own.
pub struct Server {
    peer: Arc<Peer>,
}

impl Server {
    /// Changes how long the server may stay silent; otherwise, that is [`DEADLINE`](crate::DEADLINE).
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        // Clients share the Peer, so a deadline can't change once there are any.
        if let Some(peer) = Arc::get_mut(&mut self.peer) {
            peer.deadline = deadline;
        }
        self
    }

    /// Adds to any later failure what it means and which section of the book explains it, like
    /// `01-blocking.html#one-client-at-a-time`.
    pub fn teach(&self, means: &str, section: &str) {
        self.peer.teach(means, section);
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.peer.address
    }

    /// The process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process().pid()
    }

    /// A new connection to the server.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server can't be reached.
    #[must_use]
    #[track_caller]
    pub fn client(&self) -> Client {
        Client::to(&self.peer, None)
    }

    /// A new connection whose receive buffer is small (16 KiB), so that the server can't write much before
    /// it must wait.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server can't be reached.
    #[must_use]
    #[track_caller]
    pub fn slow_client(&self) -> Client {
        Client::to(&self.peer, Some(SMALL))
    }

    /// `number` new connections.
    ///
    /// # Panics
    ///
    /// If the limit on open files is too low for so many, with the command that raises it; with a
    /// verdict, if the server can't be reached.
    #[must_use]
    #[track_caller]
    pub fn clients(&self, number: usize) -> Vec<Client> {
        limits::expect_room_for(number);
        let mut clients = Vec::with_capacity(number);
        for _ in 0..number {
            clients.push(self.client());
        }
        clients
    }

    /// CPU time that the server has used so far, in all its threads.
    #[must_use]
    pub fn cpu_time(&self) -> Duration {
        cpu::time_of(self.pid())
    }

    /// CPU time that the server uses during the next `stretch` of real time.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server has ended.
    #[must_use]
    #[track_caller]
    pub fn cpu_over(&self, stretch: Duration) -> Duration {
        let used = cpu::over(self.pid(), stretch);
        self.expect_alive();
        used
    }

    /// Waits until the server sleeps: it has done all that there was to do.
    ///
    /// # Panics
    ///
    /// With a verdict, if it still runs after [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn wait_until_asleep(&self) {
        let deadline = Instant::now() + self.deadline();
        while !threads::stay_asleep(self.pid()) {
            if Instant::now() >= deadline {
                let limit = duration(self.deadline());
                self.fail_with(
                    "a server that sleeps",
                    &format!("it still runs after {limit}"),
                );
            }
        }
    }

    /// What the server is doing: its threads, its descriptors, and the bytes that wait in them.
    #[must_use]
    pub fn report(&self) -> String {
        let report = watchdog::look(self.pid(), Waiting::at_large());
        report
            .lines
            .into_iter()
            .chain(report.conclusion)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// What the server has printed to stdout so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.process().stdout()
    }

    /// The lines that the server has printed to stderr so far. One whose end hasn't come through the
    /// pipe yet isn't among them.
    #[must_use]
    pub fn stderr(&self) -> String {
        let mut text = self.process().stderr();
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        text
    }

    /// Sends the server a signal.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server has ended.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        // The child hasn't been waited for, so its number can't have passed to another process.
        self.expect_alive();
        let pid = Pid::from_raw(self.pid().cast_signed());
        if let Err(error) = signal::kill(pid, signal) {
            panic!("can't send {signal} to the server: {error}");
        }
    }

    /// Stops the server (`SIGSTOP`), does `what`, and lets it go on: for the server, all of that
    /// happens at once.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server has ended.
    #[track_caller]
    pub fn while_stopped<T>(&self, what: impl FnOnce() -> T) -> T {
        self.signal(Signal::SIGSTOP);
        // The signal reaches one thread, which has the others stop; they may run on for a moment.
        let deadline = Instant::now() + self.deadline();
        while !threads::are_stopped(self.pid()) && Instant::now() < deadline {
            thread::yield_now();
        }
        let result = what();
        self.signal(Signal::SIGCONT);
        result
    }

    /// Checks that the server still runs.
    ///
    /// # Panics
    ///
    /// With a verdict, if it has ended.
    #[track_caller]
    pub fn expect_alive(&self) {
        if self.process().ended().is_some() {
            let mut verdict = self.peer.verdict(Duration::ZERO);
            verdict.row("expected", "a server that goes on");
            self.peer.fail(verdict, None);
        }
    }

    /// Waits until the server ends by itself.
    ///
    /// # Panics
    ///
    /// With a verdict, if it still runs after [`DEADLINE`](crate::DEADLINE).
    #[must_use]
    #[track_caller]
    pub fn wait(&self) -> ExitStatus {
        if let Some(status) = self.process().wait(self.peer.deadline) {
            return status;
        }
        let received = format!("it still runs after {}", duration(self.peer.deadline));
        self.fail_with("the end of the server", &received)
    }

    /// Ends the test with a verdict that says what was `expected`, what came instead, and what the
    /// server is doing.
    ///
    /// # Panics
    ///
    /// Always.
    #[track_caller]
    pub fn fail_with(&self, expected: &str, received: &str) -> ! {
        let mut verdict = self.peer.verdict(Duration::ZERO);
        verdict.row("expected", expected);
        verdict.row("received", received);
        self.peer.fail(verdict, Some(Waiting::at_large()))
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.peer.deadline
    }

    fn process(&self) -> &Process {
        self.peer
            .process
            .as_ref()
            .expect("each way to make a Server starts a process")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Clients may outlive the server and share its Peer, so dropping that would be too late.
        self.process().kill();
        // A thread's panic is easily missed, where the client got its answer all the same.
        if !thread::panicking() {
            for panic in self.process().panics() {
                // Past libtest, which would swallow it: this test passes. Nothing can be done where it fails.
                let _ = writeln!(io::stderr(), "{ALSO}{panic}");
            }
        }
    }
}
