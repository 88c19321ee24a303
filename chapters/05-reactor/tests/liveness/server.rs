//! A reactor in a thread of its own, and how to look into it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use ch05_reactor::{Reactor, Waker, listen};
use nix::unistd::{Pid, gettid};
use socket2::SockRef;

use crate::case::Case;
use crate::handler::{Connection, Errand, Obedient, file};
use crate::run::{FAR, Outcome, fail};

/// A reactor in a thread of its own.
pub struct Server {
    pub address: SocketAddr,
    waker: Waker,
    errands: Arc<Mutex<Vec<Errand>>>,
    seen: Receiver<Vec<Connection>>,
    gate: Sender<()>,
    thread: Option<JoinHandle<io::Result<Vec<Connection>>>>,
    thread_id: Pid,
}

impl Server {
    pub fn start(case: &Case) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 64).unwrap();
        let socket = SockRef::from(&listener); // whose connections inherit these
        if case.server_send > 0 {
            socket.set_send_buffer_size(case.server_send).unwrap();
        }
        if case.server_receive > 0 {
            socket.set_recv_buffer_size(case.server_receive).unwrap();
        }
        let address = listener.local_addr().unwrap();
        let errands = Arc::new(Mutex::new(Vec::new()));
        let (tell, seen) = mpsc::channel();
        let (open, gate) = mpsc::channel();
        let mut handler = Obedient {
            greedy: case.greedy,
            file: file(),
            errands: Arc::clone(&errands),
            seen: tell,
            gate,
            connections: Vec::new(),
        };
        let limits = case.limits.limits();
        let (ready, is_ready) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut reactor = Reactor::new(limits)?;
            reactor.add_listener(listener)?;
            ready.send((reactor.waker(), gettid())).unwrap();
            reactor.run(&mut handler)?;
            Ok(handler.connections)
        });
        let (waker, thread_id) = is_ready.recv().unwrap();
        Self {
            address,
            waker,
            errands,
            seen,
            gate: open,
            thread: Some(thread),
            thread_id,
        }
    }

    /// Stops the reactor.
    pub fn stop(&self) {
        self.waker.stop();
    }

    pub fn wake_for(&self, errand: Errand) {
        self.errands.lock().unwrap().push(errand);
        self.waker.wake();
    }

    /// How the handler's connections are.
    pub fn look(&self) -> Outcome<Vec<Connection>> {
        self.wake_for(Errand::Look);
        match self.seen.recv_timeout(FAR) {
            Ok(connections) => Ok(connections),
            Err(error) => fail(format!("the reactor doesn't hear a wake-up: {error}")),
        }
    }

    pub fn until(&self, what: &str, is_so: impl Fn(&[Connection]) -> bool) -> Outcome {
        let deadline = Instant::now() + FAR;
        while !is_so(&self.look()?) {
            if Instant::now() > deadline {
                return fail(format!("not within {FAR:?}: {what}"));
            }
        }
        Ok(())
    }

    /// How often the thread has gone to sleep so far, if it sleeps now.
    fn sleeps(&self) -> Option<String> {
        let status = fs::read_to_string(format!("/proc/self/task/{}/status", self.thread_id));
        let status = status.ok()?;
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
        let asleep = line("State:")?.trim_start().starts_with('S');
        let times = line("voluntary_ctxt_switches:")?;
        asleep.then(|| times.trim().to_owned())
    }

    /// Waits until the reactor has nothing to do.
    pub fn until_asleep(&self) -> Outcome {
        let deadline = Instant::now() + FAR;
        let mut before = None;
        loop {
            let now = self.sleeps();
            if now.is_some() && now == before {
                return Ok(());
            }
            if Instant::now() > deadline || self.has_ended() {
                return fail("the reactor doesn't sleep: it spins, or has ended");
            }
            before = now;
            thread::yield_now();
        }
    }

    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until the reactor has stopped, and says how its connections ended.
    pub fn join(&mut self) -> Outcome<Vec<Connection>> {
        let Some(thread) = self.thread.take() else {
            return fail("it has been joined before");
        };
        match thread.join() {
            Ok(Ok(connections)) => Ok(connections),
            Ok(Err(error)) => fail(format!("the reactor ended with {error}")),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Stops the reactor's thread in a callback, until [`Self::go_on`].
    pub fn wait(&self) -> Outcome {
        self.wake_for(Errand::Wait);
        match self.seen.recv_timeout(FAR) {
            Ok(_) => Ok(()),
            Err(error) => fail(format!("the reactor doesn't hear a wake-up: {error}")),
        }
    }

    pub fn go_on(&self) {
        let _ = self.gate.send(()); // fails if the reactor has ended, which shows elsewhere
    }
}

impl Drop for Server {
    /// Lets a reactor of a case that has failed end by itself, once its clients have left.
    fn drop(&mut self) {
        self.waker.stop();
    }
}
