//! What a member costs: a server and a crowd, each in a process of its own.
//!
//! ```text
//! cargo run --release -p ch08-chat --example crowd
//! cargo run --release -p ch08-chat --example crowd -- 100 10000
//! ```
//!
//! The crowd joins. Then, again and again, one member says a line, and the time is taken until
//! each has got it. In the end twenty speak at once, and each has to hear them in the same order.
//! All of that runs on this machine: the reader's side takes its share of the processor, too.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use ch08_chat::{Room, Server, limits, listen};
use http::{Files, connections};
use reactor::Signals;
use websocket::Handshake;

/// How often one says something and all are waited for.
const ROUNDS: usize = 50;

/// How many speak at once in the end.
const SPEAKERS: usize = 20;

/// What the server says first, as an option of this program.
const SERVE: &str = "--serve";

const HOUR: Duration = Duration::from_hours(1);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if arguments == [SERVE] {
        return serve();
    }
    let counts: Vec<usize> = match &arguments[..] {
        [] => vec![500, 1000, 2000, 5000],
        given => given
            .iter()
            .map(|count| count.parse())
            .collect::<Result<_, _>>()?,
    };
    let most = connections(1);
    println!(
        "members   all joined   a line to all   the same, CPU   per member   memory per member"
    );
    for count in counts {
        if count + 100 > most {
            println!("{count:7}   this process may have {most} connections: see ulimit -Hn");
            continue;
        }
        measure(count).with_context(|| format!("with {count} members"))?;
    }
    Ok(())
}

/// The server's process: says where it listens, and serves until it is killed.
fn serve() -> anyhow::Result<()> {
    let signals = Signals::block()?;
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listeners: [TcpListener; 2] = [listen(any)?, listen(any)?];
    println!("{}", listeners[0].local_addr()?);
    let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"));
    let server = Server::new(
        Room::new("crowd"),
        Files::open(site)?,
        Handshake::default(),
        HOUR,
    );
    Ok(server.run(listeners, signals, limits())?)
}

fn measure(count: usize) -> anyhow::Result<()> {
    let server = Process::start()?;
    let empty = server.memory()?;
    let began = Instant::now();
    let mut crowd: Vec<Member> = Vec::with_capacity(count);
    while crowd.len() < count {
        for _ in 0..64.min(count - crowd.len()) {
            crowd.push(Member::connect(server.address)?);
        }
        for member in &mut crowd {
            member.skip_what_there_is()?;
        }
    }
    let last = format!("- guest-{count} joined\n");
    for member in &mut crowd[..count - 1] {
        member.skip_until(last.as_bytes())?;
    }
    crowd[count - 1].skip_until(b"you can do.\n")?;
    let joined = began.elapsed();
    let memory = server.memory()?.saturating_sub(empty);

    let (cpu, mut times) = (server.cpu()?, Vec::new());
    for round in 0..ROUNDS {
        let began = Instant::now();
        let line = format!("this is line {round} of some that all members get\n");
        let speaker = round * 7 % count;
        crowd[speaker].stream.write_all(line.as_bytes())?;
        for member in &mut crowd {
            let heard = member.line()?;
            ensure!(
                heard.ends_with(line.as_bytes()),
                "{} came",
                heard.escape_ascii()
            );
        }
        times.push(began.elapsed());
    }
    let cpu = server.cpu()?.saturating_sub(cpu) / u32::try_from(ROUNDS)?;
    times.sort_unstable();
    one_order(&mut crowd)?;

    let per_member = cpu / u32::try_from(count)?;
    println!(
        "{count:7}   {:7.0} ms   {:10.2} ms   {:10.2} ms   {:7.2} µs   {:11} bytes",
        milliseconds(joined),
        milliseconds(times[ROUNDS / 2]),
        milliseconds(cpu),
        per_member.as_secs_f64() * 1e6,
        memory / count,
    );
    Ok(())
}

/// Many speak at once, and all hear them in one order.
fn one_order(crowd: &mut [Member]) -> anyhow::Result<()> {
    let speakers = SPEAKERS.min(crowd.len());
    for (number, member) in crowd.iter_mut().take(speakers).enumerate() {
        member
            .stream
            .write_all(format!("speaker {number}\n").as_bytes())?;
    }
    let mut first = Vec::new();
    for member in crowd {
        let heard: Vec<_> = (0..speakers)
            .map(|_| member.line())
            .collect::<Result<_, _>>()?;
        if first.is_empty() {
            first.clone_from(&heard);
        }
        ensure!(heard == first, "one heard them in another order");
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// One connection, and what of its input hasn't been looked at.
struct Member {
    stream: TcpStream,
    input: Vec<u8>,
}

impl Member {
    fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let input = Vec::new();
        Ok(Self { stream, input })
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.input.extend_from_slice(&bytes[..count]);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// So that the others' arrivals don't fill the buffers.
    fn skip_what_there_is(&mut self) -> io::Result<()> {
        self.stream.set_nonblocking(true)?;
        let result = loop {
            match self.read() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.stream.set_nonblocking(false)?;
        // The end may be half of a line that is waited for.
        self.input.drain(..self.input.len().saturating_sub(100));
        result
    }

    fn skip_until(&mut self, end: &[u8]) -> io::Result<()> {
        while !self.input.ends_with(end) {
            self.read()?;
        }
        self.input = Vec::new();
        Ok(())
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.input.iter().position(|&byte| byte == b'\n') {
                return Ok(self.input.drain(..=end).collect());
            }
            self.read()?;
        }
    }
}

/// The server's process; it is killed when this is dropped.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        let mut child = command.arg(SERVE).stdout(Stdio::piped()).spawn()?;
        let Some(stdout) = child.stdout.take() else {
            bail!("the server has no standard output");
        };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().context("the server's address")?;
        Ok(Self { child, address })
    }

    /// Memory that it holds, in bytes.
    fn memory(&self) -> anyhow::Result<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("VmRSS")?.parse::<usize>()? * 1024)
    }

    /// The time that a processor has worked for it.
    fn cpu(&self) -> anyhow::Result<Duration> {
        let schedule = fs::read_to_string(format!("/proc/{}/schedstat", self.child.id()))?;
        let nanoseconds = schedule.split(' ').next().context("schedstat")?;
        Ok(Duration::from_nanos(nanoseconds.parse()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
