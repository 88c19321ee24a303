//! `cargo run --release -p book-bench --bin line-load -- --help`
//!
//! The load: one thread, one epoll, as many connections as asked for. Each sends a batch of lines in
//! one piece, and the next one when all of it has come back.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// A server that answers nothing for so long has failed.
const PATIENCE_MS: u16 = 5_000;

/// Keep lines on their way to a line echo, and tell what they cost it
#[derive(Parser)]
#[command(
    name = "line-load",
    after_help = "Prints µs of the server's CPU time per line, lines per second, how busy the server was, from 0 to 1, and the bytes of memory that each connection has cost it."
)]
struct Options {
    address: SocketAddr,

    /// The server's process
    #[arg(long)]
    pid: u32,

    #[arg(long, default_value_t = 1)]
    connections: usize,

    /// Lines of a batch
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    depth: u16,

    /// Bytes of a line, with its LF
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    size: u32,

    #[arg(long, default_value_t = 0.5)]
    seconds: f64,

    /// So many batches of each connection instead of a time
    #[arg(long)]
    batches: Option<usize>,
}

struct Connection {
    stream: TcpStream,
    /// How much of the batch has come back.
    back: usize,
    /// How much of it the socket has taken.
    sent: usize,
    batches: usize,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let memory = own_memory(options.pid)?;
    let mut load = Load::open(&options)?;
    load.run(Duration::ZERO, Some(1))?;
    let grown = own_memory(options.pid)? - memory;
    if options.batches.is_none() {
        load.run(Duration::from_millis(100), None)?; // until buffers and windows have grown
    }
    let (before, began) = (cpu(options.pid)?, Instant::now());
    let batches = load.run(
        Duration::try_from_secs_f64(options.seconds)?,
        options.batches,
    )?;
    let (used, took) = (cpu(options.pid)? - before, began.elapsed().as_secs_f64());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let (lines, connections) = (
        (batches * usize::from(options.depth)) as f64,
        options.connections as f64,
    );
    println!(
        "{:.4} {:.0} {:.3} {:.0}",
        used * 1e6 / lines,
        lines / took,
        used / took,
        grown / connections
    );
    Ok(())
}

struct Load {
    epoll: Epoll,
    connections: Vec<Connection>,
    batch: Vec<u8>,
    input: Vec<u8>,
}

impl Load {
    fn open(options: &Options) -> Result<Self> {
        let mut line = vec![b'x'; options.size as usize - 1];
        line.push(b'\n');
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let mut connections = Vec::new();
        for number in 0..options.connections {
            let stream = TcpStream::connect(options.address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
            epoll.add(&stream, EpollEvent::new(interest, number as u64))?;
            connections.push(Connection {
                stream,
                back: 0,
                sent: 0,
                batches: 0,
            });
        }
        Ok(Self {
            epoll,
            connections,
            batch: line.repeat(options.depth.into()),
            input: vec![0; 256 * 1024],
        })
    }

    /// Keeps a batch of each connection on its way, for so long or until each has had so many, and
    /// waits for the last. Returns how many came back.
    fn run(&mut self, time: Duration, number: Option<usize>) -> Result<usize> {
        let deadline = Instant::now() + time;
        for connection in &mut self.connections {
            connection.batches = 0;
            connection.sent = 0;
            connection.write(&self.batch)?;
        }
        let mut out = self.connections.len();
        let mut count = 0;
        let mut events = [EpollEvent::empty(); 256];
        while out > 0 {
            let ready = match self
                .epoll
                .wait(&mut events, EpollTimeout::from(PATIENCE_MS))
            {
                Ok(0) => bail!("no answer within {PATIENCE_MS} ms"),
                Err(Errno::EINTR) => continue,
                result => result?,
            };
            let over = number.is_none() && Instant::now() >= deadline;
            for event in &events[..ready] {
                let connection = &mut self.connections[usize::try_from(event.data())?];
                connection.write(&self.batch)?;
                while connection.read(&mut self.input, self.batch.len())? {
                    count += 1;
                    connection.batches += 1;
                    if over || Some(connection.batches) == number {
                        out -= 1;
                        break;
                    }
                    connection.sent = 0;
                    connection.write(&self.batch)?;
                }
            }
        }
        Ok(count)
    }
}

impl Connection {
    fn write(&mut self, batch: &[u8]) -> Result<()> {
        while self.sent < batch.len() {
            match self.stream.write(&batch[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                result => _ = result.context("sending")?,
            }
        }
        Ok(())
    }

    /// Whether a batch is back; else the socket is empty.
    fn read(&mut self, input: &mut [u8], length: usize) -> Result<bool> {
        loop {
            match self.stream.read(input) {
                Ok(0) => bail!("the server has closed a connection"),
                Ok(count) => {
                    self.back += count;
                    ensure!(self.back <= length, "more came back than was sent");
                    if self.back == length {
                        self.back = 0;
                        return Ok(true);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                result => _ = result.context("receiving")?,
            }
        }
    }
}

/// CPU time of all threads of the process, in seconds (`proc_pid_schedstat`, in nanoseconds).
fn cpu(pid: u32) -> Result<f64> {
    let mut total = 0.0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue; // it has ended since
        };
        let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
        total += nanoseconds / 1e9;
    }
    Ok(total)
}

/// Memory of the process that is its own, in bytes (`proc_pid_status(5)`).
fn own_memory(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(1024.0 * number.context("no RssAnon")?.parse::<f64>()?)
}
