//! `cargo run --release -p ch10-c1000k --bin load -- --help`

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ch10_c1000k::load::{Outcome, Plan, Run, Target, Tick, Work};
use ch10_c1000k::{grouped, raise_descriptors, tables_for};
use clap::Parser;
use nix::time::ClockId;
use nix::unistd::Pid;

/// Put a server under load, and tell how fast it answers
#[derive(Parser)]
#[command(
    name = "load",
    after_help = "Examples:\n  just load 127.0.0.1:7000                          lines, as many as it goes\n  just load http://127.0.0.1:7000/ -c 500 -d 30     500 connections for 30 seconds\n  just load http://127.0.0.1:7000/ -r 20000         20,000 a second, answered or not\n  just load ws://127.0.0.1:7000/ws -c 100000 --at-once 1 --hold 10\n\nWith --rate, a request counts from when it was due: one that the server, or this program, holds up is late."
)]
struct Options {
    /// HOST:PORT for lines that come back, http://HOST:PORT/PATH or ws://HOST:PORT/PATH
    target: Target,

    /// How many connections
    #[arg(short, long, default_value_t = 50, value_parser = number())]
    connections: u32,

    /// Loops that load, each with a descriptor table of its own [default: as many as the connections need]
    #[arg(short, long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    threads: Option<u32>,

    /// How long requests are sent
    #[arg(short, long, default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    duration: Duration,

    /// Open loop: so many requests a second, answered or not [default: the next when one is answered]
    #[arg(short, long, value_parser = rate)]
    rate: Option<f64>,

    /// Closed loop: connections that work at a time, in turn [default: all]
    #[arg(long, value_name = "N", conflicts_with = "rate", value_parser = number())]
    at_once: Option<u32>,

    /// Requests that a connection has in flight
    #[arg(short, long, default_value_t = 1, conflicts_with = "rate", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pipeline: u16,

    /// Bytes of a line, LF included, or of a WebSocket message
    #[arg(short, long, default_value_t = 32, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..=16_777_216))]
    size: u32,

    /// Connections to be opened per second [default: as fast as it goes]
    #[arg(long, value_name = "RATE", value_parser = rate)]
    opening: Option<f64>,

    /// Hold the connections so long before the first request
    #[arg(long, default_value = "0", value_name = "SECONDS", value_parser = seconds)]
    hold: Duration,

    /// What is sent in this time first doesn't count
    #[arg(long, default_value = "0.1", value_name = "SECONDS", value_parser = seconds)]
    warm_up: Duration,

    /// Addresses 127.1.x.y to connect from [default: one for each 20,000 connections]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..=50_000))]
    sources: Option<u16>,

    /// A server that answers nothing for so long has failed
    #[arg(long, default_value = "5", value_name = "SECONDS", value_parser = seconds)]
    patience: Duration,

    /// The server's process, to tell its CPU time too
    #[arg(long)]
    pid: Option<i32>,

    /// Write how it goes into FILE, a JSON object per line; the last is the summary
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn number() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=16_000_000)
}

/// Seconds, as `10`, `0.5`, `10s` or `2m`.
fn seconds(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix('m') {
        Some(number) => (number, 60.0),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let number: Option<f64> = number.parse().ok();
    let time = number.and_then(|number| Duration::try_from_secs_f64(number * unit).ok());
    time.filter(|time| *time <= Duration::from_hours(24))
        .ok_or_else(|| "seconds are a number, as 10 or 0.5, of a day at most".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text
        .parse()
        .ok()
        .filter(|rate| (0.001..=1e8).contains(rate));
    rate.ok_or_else(|| "a rate is a number per second, from 0.001 to 100000000".to_owned())
}

fn main() -> ExitCode {
    workbench::start(|options: Options| options.run())
}

impl Options {
    fn plan(&self) -> Result<Plan> {
        let connections = self.connections as usize;
        let tables = tables_for(connections, raise_descriptors()?)
            .context("too few descriptors: ulimit -n says how many")?;
        let asked = self.threads.map_or(1, |threads| threads as usize);
        let sources = match self.sources {
            Some(sources) => sources.into(),
            None => Plan::sources_for(&self.target, connections),
        };
        ensure!(
            sources == 0 || self.target.address().ip().is_loopback(),
            "--sources are addresses of loopback, which can't reach {}",
            self.target.address()
        );
        Ok(Plan {
            target: self.target.clone(),
            connections,
            threads: asked.max(tables).min(connections),
            opening: self.opening,
            pipeline: self.pipeline.into(),
            size: self.size as usize,
            sources,
            patience: self.patience,
        })
    }

    fn run(&self) -> Result<()> {
        let plan = self.plan()?;
        let file = self.json.as_ref().map(|path| {
            File::create(path).with_context(|| format!("can't write {}", path.display()))
        });
        let mut log = Log {
            file: file.transpose()?,
            terminal: io::stderr().is_terminal(),
        };
        let mut run = Run::start(plan.clone())?;
        let took = run.open(&mut |tick| log.tick("open", tick))?;
        if !self.hold.is_zero() {
            run.hold(self.hold, &mut |tick| log.tick("hold", tick))?;
        }
        let at_once = self.at_once.unwrap_or(self.connections) as usize;
        let work = self.rate.map_or(Work::Closed(at_once), Work::Open);
        let server = self
            .pid
            .map(|pid| ClockId::pid_cpu_clock_id(Pid::from_raw(pid)));
        let server = server.transpose().context("--pid names no process")?;
        let mut cpu = Vec::new();
        let counted = || cpu.push(Cpu::read(server));
        let times = (self.warm_up, self.duration);
        let outcome = run.work(work, times, counted, &mut |tick| log.tick("work", tick))?;
        log.clear();
        run.end()?;
        let used = match &cpu[..] {
            [before, after] => after.since(before),
            _ => Cpu::default(),
        };
        let summary = Summary {
            plan: &plan,
            work,
            took,
            outcome: &outcome,
            used,
        };
        summary.print();
        summary.write(&mut log);
        Ok(())
    }
}

/// CPU time of the server, if it is known, and of this program, in seconds.
#[derive(Clone, Copy, Default)]
struct Cpu {
    server: Option<f64>,
    own: f64,
}

impl Cpu {
    fn read(server: Option<ClockId>) -> Self {
        let seconds = |clock: ClockId| Some(Duration::from(clock.now().ok()?).as_secs_f64());
        Self {
            server: server.and_then(seconds),
            own: seconds(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap_or(0.0),
        }
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            server: self.server.zip(before.server).map(|(now, then)| now - then),
            own: self.own - before.own,
        }
    }
}

/// The progress line, and the file.
struct Log {
    file: Option<File>,
    terminal: bool,
}

impl Log {
    fn tick(&mut self, phase: &str, tick: &Tick<'_>) {
        let sample = tick.sample;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let rate = sample.latencies.len() as f64 / tick.interval.as_secs_f64();
        let (p50, p99, p999) = (
            sample.micros(0.5),
            sample.micros(0.99),
            sample.micros(0.999),
        );
        if self.terminal {
            let open = grouped(sample.opened - sample.closed);
            let _ = write!(
                io::stderr(),
                "\r{phase}: {open} connections, {rate:.0} answers a second, p50 {p50:.0} µs, p99 {p99:.0} µs \x1b[K"
            );
        }
        self.line(&format!(
            "{{\"time\":{:.3},\"phase\":\"{phase}\",\"opened\":{},\"closed\":{},\"rate\":{rate:.0},\
             \"p50_us\":{p50:.1},\"p99_us\":{p99:.1},\"p999_us\":{p999:.1}}}",
            tick.time.as_secs_f64(),
            sample.opened,
            sample.closed,
        ));
    }

    fn line(&mut self, line: &str) {
        if let Some(file) = &mut self.file {
            let _ = writeln!(file, "{line}"); // a full disk needn't end a measurement
        }
    }

    fn clear(&self) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

struct Summary<'a> {
    plan: &'a Plan,
    work: Work,
    took: Duration,
    outcome: &'a Outcome,
    used: Cpu,
}

impl Summary<'_> {
    fn print(&self) {
        let sample = &self.outcome.sample;
        let seconds = self.outcome.time.as_secs_f64();
        let loop_ = match self.work {
            Work::Closed(busy) if busy == self.plan.connections => "closed loop".to_owned(),
            Work::Closed(busy) => format!("closed loop, {} at once", grouped(busy as u64)),
            Work::Open(rate) => format!("open loop, {rate} a second"),
        };
        let connections = grouped(self.plan.connections as u64);
        let opened = self.took.as_secs_f64();
        let answers = grouped(self.outcome.answers);
        let rate = self.outcome.rate();
        let [p50, p90, p99, p999, max] =
            [0.5, 0.9, 0.99, 0.999, 1.0].map(|share| sample.micros(share));
        let busy = 100.0 * self.used.own / seconds;
        let server = self.used.server.map_or_else(String::new, |server| {
            let (busy, each) = (100.0 * server / seconds, server * 1e6 / self.answers());
            format!(", the server for {busy:.0} %, {each:.2} µs an answer")
        });
        let _ = writeln!(
            io::stdout(),
            "{connections} connections, opened in {opened:.2} s; {loop_} for {seconds:.2} s\n  \
             answers      {answers} ({rate:.0} a second), all of them as they have to be\n  \
             latency      p50 {p50:.1}   p90 {p90:.1}   p99 {p99:.1}   p99.9 {p999:.1}   max {max:.1} µs\n  \
             CPU          the load was busy for {busy:.0} %{server}"
        );
    }

    fn answers(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let answers = self.outcome.answers.max(1) as f64;
        answers
    }

    fn write(&self, log: &mut Log) {
        let (sample, outcome) = (&self.outcome.sample, self.outcome);
        let seconds = outcome.time.as_secs_f64();
        let server = self
            .used
            .server
            .map_or("null".to_owned(), |cpu| format!("{cpu:.6}"));
        log.line(&format!(
            "{{\"summary\":true,\"connections\":{},\"opened_s\":{:.3},\"seconds\":{seconds:.3},\"answers\":{},\"all\":{},\
             \"rate\":{:.1},\"p50_us\":{:.1},\"p90_us\":{:.1},\"p99_us\":{:.1},\"p995_us\":{:.1},\"p999_us\":{:.1},\
             \"max_us\":{:.1},\"server_cpu_s\":{server},\"own_cpu_s\":{:.6}}}",
            self.plan.connections,
            self.took.as_secs_f64(),
            outcome.answers,
            sample.latencies.len(),
            outcome.rate(),
            sample.micros(0.5),
            sample.micros(0.9),
            sample.micros(0.99),
            sample.micros(0.995),
            sample.micros(0.999),
            sample.micros(1.0),
            self.used.own,
        ));
    }
}
