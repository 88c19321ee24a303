//! Three things that happen without input: a timer per connection, a timer of its own that isn't a
//! connection's (`timerfd_create(2)`), and another thread.
//!
//! Every client gets `tick N` each period, and what is typed into the server's terminal: a thread
//! reads that and wakes the loop. Who sends nothing for a while is asked `still there?`, and
//! disconnected a while later; anything it sends starts the time anew.
//!
//! Try it: `nc 127.0.0.1 7000`, and type here.

use std::io::{self, BufRead};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use ch05_reactor::{
    Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, Signals, WatchId, listen,
};
use clap::Parser;
use nix::sys::epoll::EpollFlags;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::unistd::read;

/// Send something to everyone, now and then
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Time between two ticks
    #[arg(long, default_value_t = 1000, value_name = "MILLISECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    period: u64,

    /// How long a client may be silent
    #[arg(long, default_value_t = 10_000, value_name = "MILLISECONDS")]
    idle: u64,
}

/// What a silent client has been told.
enum Session {
    Nothing,
    Asked,
}

struct Ticker {
    ticks: u64,
    idle: Duration,
    typed: Receiver<String>,
}

fn tell_everyone(io: &mut Io, line: &str) {
    for id in io.ids().collect::<Vec<_>>() {
        // A client that doesn't read misses some: the news would be old by the time it does.
        if !io.is_full(id) {
            io.send(id, line.as_bytes());
        }
    }
}

impl Handler for Ticker {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Session {
        io.set_timer(id, 0, self.idle);
        Session::Nothing
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        input.clear();
        *session = Session::Nothing;
        io.set_timer(id, 0, self.idle); // moves the deadline, and costs nothing on the heap
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, _: u8) {
        match session {
            Session::Nothing => {
                io.send(id, b"still there?\n");
                io.set_timer(id, 0, self.idle);
                *session = Session::Asked;
            }
            Session::Asked => {
                io.send(id, b"goodbye\n");
                io.close(id);
            }
        }
    }

    fn on_ready(&mut self, io: &mut Io, watch: WatchId, _: EpollFlags) {
        // Unread, the timer would stay ready, and the loop would spin. What is read is how often it
        // has run out: a turn that took long has missed some, and makes up for them in one.
        let mut expirations = [0; 8];
        let Some(Ok(8)) = io.watched(watch).map(|timer| read(timer, &mut expirations)) else {
            return;
        };
        self.ticks += u64::from_ne_bytes(expirations);
        tell_everyone(io, &format!("tick {}\n", self.ticks));
    }

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok(line) = self.typed.try_recv() {
            tell_everyone(io, &format!("{line}\n"));
        }
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?; // before the thread below starts
        let mut reactor = Reactor::new(Limits::default())?;
        reactor.add_listener(options.server.open(|address| listen(address, 1024))?)?;
        reactor.stop_on(signals)?;
        let tick = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?;
        let period = Expiration::Interval(Duration::from_millis(options.period).into());
        tick.set(period, TimerSetTimeFlags::empty())?;
        reactor.io().watch(tick.into(), EpollFlags::EPOLLIN)?;
        let waker = reactor.waker();
        let (sender, typed) = mpsc::channel();
        thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                let _ = sender.send(line); // fails once the reactor has ended
                waker.wake();
            }
        });
        let idle = Duration::from_millis(options.idle);
        let mut ticker = Ticker {
            ticks: 0,
            idle,
            typed,
        };
        Ok(reactor.run(&mut ticker)?)
    })
}
