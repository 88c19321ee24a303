//! `just million`: a million connections, opened, held, asked, told and closed in one go.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use ch10_c1000k::load::{Outcome, Plan, Run, Target, Tick, Work};
use ch10_c1000k::{
    Audience, Load, Machine, Point, ceilings, grouped, in_own_network, kernel_memory,
    raise_descriptors, svg, tables_for,
};
use clap::{Parser, ValueEnum};
use nix::sys::signal::{Signal, kill};
use nix::time::ClockId;
use nix::unistd::Pid;
use reactor::LineEcho;

/// Open a million connections to one process on one port, hold, ask, tell and close them
#[derive(Parser)]
#[command(
    name = "million",
    after_help = "Both ends are on this machine, in a network of their own, and each connection costs the kernel some 7,500 bytes: a million needs 8 GiB.\nExamples:\n  just million\n  just million --connections 100000 --protocol websocket"
)]
struct Options {
    /// How many
    #[arg(short, long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=16_000_000))]
    connections: u32,

    /// What to speak
    #[arg(long, value_enum, default_value_t = Protocol::Echo)]
    protocol: Protocol,

    /// How long one request after the other is sent, each on another connection
    #[arg(long, default_value_t = 3, value_name = "SECONDS")]
    probe: u16,

    /// Use the host's network, and its limits
    #[arg(long)]
    in_host_network: bool,

    /// Where the plot goes
    #[arg(long, default_value = "target/million.svg", value_name = "FILE")]
    plot: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    Echo,
    Websocket,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        if !options.in_host_network {
            in_own_network()?;
        }
        options.run()
    })
}

/// The server's process; killed when dropped.
struct Server {
    child: Child,
    input: ChildStdin,
    address: String,
}

impl Server {
    fn start(options: &Options) -> Result<Self> {
        let program = env::current_exe()?.with_file_name("ch10-c1000k");
        let protocol = match options.protocol {
            Protocol::Echo => "echo",
            Protocol::Websocket => "websocket",
        };
        let connections = options.connections.to_string();
        let mut child = Command::new(&program)
            .args(["--port", "0", "--broadcast", "--protocol", protocol])
            .args(["--connections", &connections, "--grace", "60"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let input = child.stdin.take().context("its input is a pipe")?;
        let output = child.stdout.take().context("its output is a pipe")?;
        let mut line = String::new();
        let mut server = Self {
            child,
            input,
            address: String::new(),
        };
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ");
        address
            .context("the server doesn't start")?
            .clone_into(&mut server.address);
        Ok(server)
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Bytes of memory that it alone is charged for (Pss, `proc_pid_smaps(5)`); 0 once it is gone.
    fn memory(id: Pid) -> f64 {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let word = line.and_then(|line| line.split_whitespace().next());
        word.and_then(|word| word.parse().ok()).unwrap_or(0.0) * 1024.0
    }

    /// Seconds of CPU time so far.
    fn cpu(&self) -> Result<f64> {
        let clock = ClockId::pid_cpu_clock_id(self.id())?;
        Ok(Duration::from(clock.now()?).as_secs_f64())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is seen at each tick.
struct Watch {
    server: Pid,
    kernel_before: f64,
    points: Vec<Point>,
    terminal: bool,
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn kernel() -> f64 {
    kernel_memory().unwrap_or(0) as f64
}

impl Watch {
    fn tick(&mut self, phase: &str, tick: &Tick<'_>) {
        let last = self.points.last().map_or(-1.0, |point| point.time);
        let time = tick.time.as_secs_f64();
        if time - last < 0.1 {
            return; // some phases look more often
        }
        let sample = tick.sample;
        let open = sample.opened - sample.closed;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        self.points.push(Point {
            time,
            connections: open as f64,
            own: Server::memory(self.server),
            kernel: (kernel() - self.kernel_before).max(0.0),
            latency: [0.5, 0.99, 0.999].map(|share| sample.micros(share)),
        });
        if self.terminal {
            let open = grouped(open);
            let _ = write!(
                io::stderr(),
                "\r{time:5.1} s  {phase}: {open} connections \x1b[K"
            );
        }
    }
}

/// Refuses what a limit forbids, with its name.
fn check(count: usize) -> Result<()> {
    let target = Target::Echo(([127, 0, 0, 1], 0).into());
    let load = Load {
        connections: count,
        own_tables: true,
        sources: Some(Plan::sources_for(&target, count).max(1) as u64),
    };
    let all = ceilings(&Machine::read()?, &load);
    if let Some(first) = all.first()
        && first.connections < count as u64
    {
        let most = grouped(first.connections);
        bail!(
            "it would stop at {most}: {}. To raise that: {}",
            first.name,
            first.raise
        );
    }
    Ok(())
}

/// What came of it.
struct Results {
    opened: Duration,
    open_cpu: f64,
    /// Bytes for each connection.
    own: f64,
    kernel: f64,
    probe: Outcome,
    told: Duration,
    told_cpu: f64,
    closed: Duration,
    gone: Duration,
}

impl Options {
    fn run(&self) -> Result<()> {
        let count = self.connections as usize;
        let descriptors = raise_descriptors()?;
        let tables = tables_for(count, descriptors)
            .context("too few descriptors: ulimit -n says how many")?;
        check(count)?;
        let mut server = Server::start(self)?;
        let target: Target = match self.protocol {
            Protocol::Echo => server.address.clone(),
            Protocol::Websocket => format!("ws://{}/ws", server.address),
        }
        .parse()
        .map_err(anyhow::Error::msg)?;
        let plan = Plan {
            sources: Plan::sources_for(&target, count),
            target,
            connections: count,
            threads: tables,
            opening: None,
            pipeline: 1,
            size: 32,
            patience: Duration::from_secs(20),
        };
        let mut watch = Watch {
            server: server.id(),
            kernel_before: kernel(),
            points: Vec::new(),
            terminal: io::stderr().is_terminal(),
        };
        let mut run = Run::start(plan)?;
        let results = self.phases(&mut run, &mut server, &mut watch)?;
        if watch.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        self.print(&results);
        self.write_plot(&watch.points)?;
        // Nothing is left to be closed in order; the kernel takes back what there is.
        drop(server);
        run.end()
    }

    fn phases(&self, run: &mut Run, server: &mut Server, watch: &mut Watch) -> Result<Results> {
        let count = f64::from(self.connections);
        let before = (Server::memory(server.id()), server.cpu()?);
        let opened = run.open(&mut |tick| watch.tick("opening", tick))?;
        let open_cpu = server.cpu()? - before.1;
        run.hold(Duration::from_secs(1), &mut |tick| {
            watch.tick("holding", tick);
        })?;
        let own = (Server::memory(server.id()) - before.0) / count;
        let kernel = (kernel() - watch.kernel_before) / count;
        let times = (
            Duration::from_millis(200),
            Duration::from_secs(self.probe.into()),
        );
        let probe = run.work(Work::Closed(1), times, || (), &mut |tick| {
            watch.tick("asking", tick);
        })?;
        let text = "to all of you: one message, written once";
        let message = match self.protocol {
            Protocol::Echo => LineEcho::message(text),
            Protocol::Websocket => websocket::Server::message(text),
        };
        let message: Bytes = message.context("it can be said")?;
        let cpu = server.cpu()?;
        let say = || writeln!(server.input, "{text}");
        let told = run.told(&message, say, &mut |tick| watch.tick("telling", tick))?;
        let told_cpu = server.cpu()? - cpu;
        let began = Instant::now();
        kill(server.id(), Signal::SIGTERM)?;
        let closed = run.closed(&mut |tick| watch.tick("closing", tick))?;
        server.child.wait()?;
        Ok(Results {
            opened,
            open_cpu,
            own,
            kernel,
            probe,
            told,
            told_cpu,
            closed,
            gone: began.elapsed(),
        })
    }

    fn print(&self, results: &Results) {
        let count = grouped(self.connections.into());
        let each = |seconds: f64| seconds * 1e6 / f64::from(self.connections);
        let probe = &results.probe;
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| probe.sample.micros(share));
        let _ = writeln!(
            io::stdout(),
            "| {count} connections | |\n| --- | --- |\n\
             | opened, each answered once | {:.1} s; {:.1} µs of the server's CPU each |\n\
             | memory of the server | {:.0} bytes each |\n\
             | memory of the kernel, both ends | {:.0} bytes each |\n\
             | one asked after the other, {} answers | p50 {p50:.1}, p99 {p99:.1}, p99.9 {p999:.1} µs |\n\
             | one message to all | {:.2} s; {:.2} µs of the server's CPU each |\n\
             | a stop: all told | {:.1} s |\n\
             | the server's end | {:.1} s |",
            results.opened.as_secs_f64(),
            each(results.open_cpu),
            results.own,
            results.kernel,
            grouped(probe.answers),
            results.told.as_secs_f64(),
            each(results.told_cpu),
            results.closed.as_secs_f64(),
            results.gone.as_secs_f64(),
        );
    }

    fn write_plot(&self, points: &[Point]) -> Result<()> {
        let path = &self.plot;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, svg(points)).with_context(|| format!("can't write {}", path.display()))?;
        let _ = writeln!(io::stdout(), "\n{}", path.display());
        Ok(())
    }
}
