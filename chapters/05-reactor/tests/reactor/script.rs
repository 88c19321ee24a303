//! A handler that does what its clients tell it, line by line, and reports every callback.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fs, io, thread};

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin, Reactor, Waker, listen};
use harness::experiment::until;
use harness::{Client, DEADLINE};
use nix::unistd::{Pid, gettid};
use socket2::SockRef;
use std::os::fd::AsRawFd;

/// Long enough to tell "not yet" from "never" where an answer takes microseconds.
pub const A_WHILE: Duration = Duration::from_millis(200);

/// Connections are numbered in the order of their opening.
///
/// Commands: `say TEXT`, `fill BYTES`, `share BYTES`, `send N TEXT`, `abort N`, `close N`, `resume N`,
/// `pour N BYTES`, `timer N MS`, `untimer N`, `timer2 N MS`, `timer3 N MS` (resumes), `within N MS` (close), `finish`,
/// `read-on` (while full), `stop`, and
/// - `wait`: block in this callback until [`Running::release`];
/// - `hold`: leave the rest of the input, until a `resume` for this connection;
/// - `yield`: leave the rest of the input for the next offer;
/// - `again`: set a timer of no time whenever one has run out;
/// - `keep`: don't close at the peer's end, nor at a stop;
/// - `descriptor`: say the lowest free descriptor number;
/// - nothing.
pub struct Script {
    ids: Vec<ConnId>,
    holding: BTreeSet<usize>,
    report: Sender<String>,
    gate: Receiver<()>,
}

#[derive(Default)]
pub struct Session {
    number: usize,
    keeps: bool,
    again: bool,
    reads_on: bool,
}

impl Script {
    fn tell(&self, event: String) {
        let _ = self.report.send(event); // fails once the test has seen enough
    }

    fn obey(&mut self, io: &mut Io, id: ConnId, session: &mut Session, line: &str) {
        let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
        let (first, rest) = argument.split_once(' ').unwrap_or((argument, ""));
        let number = || first.parse::<usize>().unwrap();
        let millis = |text: &str| Duration::from_millis(text.parse().unwrap());
        match command {
            "say" => io.send(id, format!("{argument}\n").as_bytes()),
            "fill" => io.send(id, &vec![b'x'; number()]),
            "share" => io.send_shared(id, vec![b'x'; number()].into()),
            "pour" => io.send(self.ids[number()], &vec![b'x'; rest.parse().unwrap()]),
            "send" => io.send(self.ids[number()], format!("{rest}\n").as_bytes()),
            "abort" => io.abort(self.ids[number()]),
            "close" => io.close(self.ids[number()]),
            "resume" => {
                self.holding.remove(&number());
                io.resume(self.ids[number()]);
            }
            "timer" => io.set_timer(self.ids[number()], 0, millis(rest)),
            "timer2" => io.set_timer(self.ids[number()], 1, millis(rest)),
            "timer3" => io.set_timer(self.ids[number()], 2, millis(rest)),
            "within" => io.close_within(self.ids[number()], millis(rest)),
            "untimer" => io.clear_timer(self.ids[number()], 0),
            "finish" => io.finish(id),
            "read-on" => {
                session.reads_on = true;
                io.keep_reading(id);
            }
            "stop" => io.stop(),
            "wait" => self.gate.recv().unwrap(),
            "hold" => {
                self.holding.insert(session.number);
                io.pause(id);
            }
            "yield" => io.resume(id),
            "again" => session.again = true,
            "keep" => session.keeps = true,
            "" => {}
            "descriptor" => {
                let free = File::open("/dev/null").unwrap().as_raw_fd();
                io.send(id, format!("{free}\n").as_bytes());
            }
            _ => panic!("no such command: {line}"),
        }
    }
}

impl Handler for Script {
    type Session = Session;

    fn on_open(&mut self, _: &mut Io, id: ConnId, _: Origin) -> Session {
        let number = self.ids.len();
        self.ids.push(id);
        self.tell(format!("open {number}"));
        Session {
            number,
            ..Session::default()
        }
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        self.tell(format!("data {} {}", session.number, input.len()));
        while let Some(end) = input.iter().position(|&byte| byte == b'\n')
            && !self.holding.contains(&session.number)
            && (session.reads_on || !io.is_full(id))
        {
            let line = String::from_utf8_lossy(&input[..end]).into_owned();
            input.consume(end + 1);
            self.tell(format!("line {} {line}", session.number));
            self.obey(io, id, session, &line);
            if line == "yield" {
                return;
            }
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        let rest = String::from_utf8_lossy(input);
        self.tell(format!("end {} {rest:?}", session.number));
        if !session.keeps {
            io.close(id);
        }
    }

    fn on_drain(&mut self, _: &mut Io, _: ConnId, session: &mut Session) {
        self.tell(format!("drain {}", session.number));
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        match key {
            0 => {}
            1 => return self.tell(format!("timer2 {}", session.number)),
            _ => {
                self.holding.remove(&session.number);
                return io.resume(id);
            }
        }
        self.tell(format!("timer {}", session.number));
        if session.again {
            return io.set_timer(id, 0, Duration::ZERO);
        }
        io.send(id, b"ding\n");
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        self.tell(format!("stop {}", session.number));
        if !session.keeps {
            io.close(id);
        }
    }

    fn on_wake(&mut self, _: &mut Io) {
        self.tell("wake".into());
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, session: Session, why: Closed) {
        self.tell(format!("close {} {why:?}", session.number));
    }
}

/// A reactor in a thread of its own. It stops when this is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub waker: Waker,
    report: Receiver<String>,
    gate: Option<Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
    thread_id: Pid,
}

/// Runs a [`Script`].
pub fn start(limits: Limits) -> Running {
    let (opener, gate) = mpsc::channel();
    let mut running = start_handler(limits, |report| Script {
        ids: Vec::new(),
        holding: BTreeSet::new(),
        report,
        gate,
    });
    running.gate = Some(opener);
    running
}

/// Runs the handler that `make` makes; it reports through the sender that it gets.
pub fn start_handler<H>(limits: Limits, make: impl FnOnce(Sender<String>) -> H) -> Running
where
    H: Handler + Send + 'static,
{
    let listener = listen("127.0.0.1:0".parse().unwrap(), 1024).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, report) = mpsc::channel();
    let mut handler = make(sender);
    let (ready, is_ready) = mpsc::channel();
    let thread = thread::spawn(move || {
        let mut reactor = Reactor::new(limits)?;
        reactor.add_listener(listener)?;
        ready.send((reactor.waker(), gettid())).unwrap();
        reactor.run(&mut handler)
    });
    let (waker, thread_id) = is_ready.recv().unwrap();
    Running {
        address,
        waker,
        report,
        gate: None,
        thread: Some(thread),
        thread_id,
    }
}

impl Running {
    /// A client for whom the kernel keeps little: otherwise it would take megabytes for a peer that
    /// reads nothing, how many depends on the machine.
    pub fn client(&self) -> Client {
        let client = Client::connect(self.address);
        let size = SockRef::from(client.stream()).set_recv_buffer_size(128 << 10);
        size.unwrap();
        client
    }

    /// Lets one `wait` go on.
    pub fn release(&self) {
        self.gate.as_ref().unwrap().send(()).unwrap();
    }

    /// Waits for `event`, and returns what was reported before it.
    #[track_caller]
    pub fn expect(&self, event: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            match self.report.recv_timeout(DEADLINE) {
                Ok(reported) if reported == event => return before,
                Ok(reported) => before.push(reported),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("no {event:?} within {DEADLINE:?}, but {before:#?}")
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the reactor ended without {event:?}, but with {before:#?}")
                }
            }
        }
    }

    /// Waits until `wanted` says yes to an event, and returns that.
    #[track_caller]
    pub fn expect_any(&self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            match self.report.recv_timeout(DEADLINE) {
                Ok(reported) if wanted(&reported) => return reported,
                Ok(_) => {}
                Err(error) => panic!("nothing of the kind was reported: {error}"),
            }
        }
    }

    /// Expects that nothing is reported for a while, and that the reactor has nothing left to do.
    #[track_caller]
    pub fn expect_nothing(&self) {
        let nothing_until = |moment| {
            if let Ok(event) = self.report.recv_timeout(moment) {
                panic!("reported {event:?}, where nothing should happen");
            }
        };
        nothing_until(A_WHILE);
        // On a busy machine, a while may be too short for it to get a processor.
        until("the reactor sleeps", || {
            let stat = fs::read_to_string(format!("/proc/self/task/{}/stat", self.thread_id));
            stat.unwrap().contains(") S ")
        });
        nothing_until(Duration::ZERO);
    }

    /// Waits until the reactor has ended by itself; returns what was reported meanwhile.
    #[track_caller]
    pub fn expect_end(mut self) -> Vec<String> {
        let mut events = Vec::new();
        loop {
            match self.report.recv_timeout(DEADLINE) {
                Ok(event) => events.push(event),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it goes on after {events:#?}"),
            }
        }
        let ended = self.thread.take().unwrap().join().unwrap();
        ended.expect("the reactor ends without an error");
        events
    }

    /// Whether the reactor still runs.
    pub fn runs(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.gate = None;
        self.waker.stop();
        // The thread ends by its stop deadline; the test need not wait for that.
    }
}
