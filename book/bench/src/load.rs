//! `cargo run --release -p book-bench --bin websocket-load -- --help`
//!
//! The load: one thread, one epoll, as many connections as asked for. All frames are alike, so they
//! are masked once, before it begins; and what comes back is compared, byte by byte, with what has
//! to. Each read brings some messages, and as many go out again in one write.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::time::ClockId;
use nix::unistd::Pid;
use socket2::SockRef;
use websocket::{Address, Mask, Opcode, Opening, write_frame};

/// Bytes that one read takes at most.
const READ: usize = 256 * 1024;
/// A server that answers nothing for so long has failed.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_MS: u16 = 5_000;

/// Keep messages on their way to a WebSocket echo server, and tell what it makes of them
#[derive(Parser)]
#[command(
    name = "websocket-load",
    after_help = "Prints messages per second, µs of the server's CPU time per message, the time in µs within which 99 of 100 were back, and how busy the server and this program were, from 0 to 1."
)]
struct Options {
    /// Where the server is, as in `ws://127.0.0.1:7000/ws`
    address: Address,

    /// The server's process
    #[arg(long)]
    pid: i32,

    #[arg(long, default_value_t = 1)]
    connections: usize,

    /// Messages on their way at any time, per connection
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    in_flight: u16,

    /// Bytes of a message
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(..=16_777_216))]
    size: u32,

    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut load = Load::open(&options)?;
    load.run(Duration::from_millis(100))?; // until buffers and windows have grown
    let (server, own) = (
        ClockId::pid_cpu_clock_id(Pid::from_raw(options.pid))?,
        ClockId::CLOCK_PROCESS_CPUTIME_ID,
    );
    let cpu = |clock: ClockId| Ok::<_, Errno>(Duration::from(clock.now()?).as_secs_f64());
    let (before, own_before, began) = (cpu(server)?, cpu(own)?, Instant::now());
    let mut latencies = load.run(Duration::try_from_secs_f64(options.seconds)?)?;
    let took = began.elapsed().as_secs_f64();
    let (used, own_used) = (cpu(server)? - before, cpu(own)? - own_before);
    ensure!(!latencies.is_empty(), "no message has come back");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let count = latencies.len() as f64;
    println!(
        "{:.0} {:.4} {:.1} {:.3} {:.3}",
        count / took,
        used * 1e6 / count,
        percentile(&mut latencies, 99).as_secs_f64() * 1e6,
        used / took,
        own_used / took,
    );
    Ok(())
}

/// Open connections to a server.
struct Load {
    epoll: Epoll,
    connections: Vec<Connection>,
    frames: Frames,
    in_flight: usize,
    input: Vec<u8>,
}

/// What goes out and what comes back, over and over.
struct Frames {
    /// Frames from a client: one more than are ever sent at once.
    out: Vec<u8>,
    /// Bytes of one of them.
    out_length: usize,
    /// Frames from a server: a read's worth, and one more.
    back: Vec<u8>,
    back_length: usize,
}

struct Connection {
    stream: TcpStream,
    /// When those that are on their way were sent.
    sent: VecDeque<Instant>,
    /// Bytes that the socket hasn't taken yet.
    unsent: usize,
    /// Where in a frame it goes on, in either direction.
    out_at: usize,
    back_at: usize,
}

impl Frames {
    fn new(size: usize, in_flight: usize) -> Self {
        let payload: Vec<u8> = (0..=250).cycle().take(size).collect();
        let (mut out, mut back) = (Vec::new(), Vec::new());
        let mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);
        write_frame(&mut out, Opcode::Binary, Some(mask), &payload);
        write_frame(&mut back, Opcode::Binary, None, &payload);
        Self {
            out_length: out.len(),
            out: out.repeat(in_flight + 1),
            back_length: back.len(),
            back: back.repeat(READ.div_ceil(back.len()) + 1),
        }
    }
}

impl Load {
    /// Opens connections, and sends on each what may be on its way.
    fn open(options: &Options) -> Result<Self> {
        let in_flight = usize::from(options.in_flight);
        let mut load = Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            connections: Vec::with_capacity(options.connections),
            frames: Frames::new(options.size.try_into()?, in_flight),
            in_flight,
            input: vec![0; READ],
        };
        for index in 0..options.connections {
            let stream = connect(&options.address)?;
            // Edge-triggered, so that nothing has to be re-armed when a socket is full.
            let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
            load.epoll
                .add(&stream, EpollEvent::new(interest, index as u64))?;
            load.connections.push(Connection {
                stream,
                sent: VecDeque::with_capacity(in_flight),
                unsent: 0,
                out_at: 0,
                back_at: 0,
            });
        }
        for connection in &mut load.connections {
            connection.send(&load.frames, load.in_flight, Instant::now())?;
        }
        Ok(load)
    }

    /// Keeps messages on their way for `time`: how long those took that came back meanwhile.
    fn run(&mut self, time: Duration) -> Result<Vec<Duration>> {
        let end = Instant::now() + time;
        let mut latencies = Vec::with_capacity(1 << 20);
        let mut events = [EpollEvent::empty(); 1024];
        while Instant::now() < end {
            let ready = match self
                .epoll
                .wait(&mut events, EpollTimeout::from(PATIENCE_MS))
            {
                Ok(0) => bail!("no answer within {PATIENCE:?}"),
                Ok(ready) => ready,
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno.into()),
            };
            for event in &events[..ready] {
                let connection = &mut self.connections[usize::try_from(event.data())?];
                connection.flush(&self.frames)?;
                connection.receive(&self.frames, &mut self.input, &mut latencies)?;
            }
        }
        Ok(latencies)
    }
}

impl Connection {
    /// Reads all that is there; for each message that has come back, another goes out.
    fn receive(
        &mut self,
        frames: &Frames,
        input: &mut [u8],
        latencies: &mut Vec<Duration>,
    ) -> Result<()> {
        loop {
            let count = match self.stream.read(input) {
                Ok(0) => bail!("the server closed a connection"),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("waiting for a message"),
            };
            let end = self.back_at + count;
            let same = input[..count] == frames.back[self.back_at..end];
            ensure!(same, "what came back is not what was sent");
            self.back_at = end % frames.back_length;
            let (now, messages) = (Instant::now(), end / frames.back_length);
            let sent = self.sent.drain(..messages);
            latencies.extend(sent.map(|sent| now - sent));
            self.send(frames, messages, now)?;
            if count < input.len() {
                return Ok(()); // there was no more (epoll(7))
            }
        }
    }

    fn send(&mut self, frames: &Frames, messages: usize, now: Instant) -> Result<()> {
        self.sent.extend(std::iter::repeat_n(now, messages));
        self.unsent += messages * frames.out_length;
        self.flush(frames)
    }

    fn flush(&mut self, frames: &Frames) -> Result<()> {
        while self.unsent > 0 {
            let bytes = &frames.out[self.out_at..][..self.unsent];
            let count = match self.stream.write(bytes) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("sending a message"),
            };
            self.out_at = (self.out_at + count) % frames.out_length;
            self.unsent -= count;
        }
        Ok(())
    }
}

/// A connection behind its handshake.
fn connect(address: &Address) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((address.host(), address.port()))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // At its end it is reset, and no port has to wait for a minute (TIME-WAIT).
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    let opening = Opening::new(*b"the same for all", Vec::new());
    stream.write_all(opening.request(address).as_bytes())?;
    let (mut answer, mut bytes) = (Vec::new(), [0; 1024]);
    while opening.answer(&answer)?.is_none() {
        match stream.read(&mut bytes) {
            Ok(0) => bail!("the server closed a connection"),
            Ok(count) => answer.extend_from_slice(&bytes[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context("waiting for the handshake"),
        }
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// The time within which `percent` of 100 messages were back.
fn percentile(latencies: &mut [Duration], percent: usize) -> Duration {
    let rank = (latencies.len() * percent).div_ceil(100).max(1) - 1;
    *latencies.select_nth_unstable(rank).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let mut latencies: Vec<_> = (1..=200).rev().map(Duration::from_micros).collect();
        assert_eq!(percentile(&mut latencies, 99), Duration::from_micros(198));
        let mut one = [Duration::from_micros(7)];
        assert_eq!(percentile(&mut one, 99), Duration::from_micros(7));
    }

    #[test]
    fn a_read_can_begin_anywhere_in_a_frame() {
        for size in [0, 16, 125, 126, 65_536, READ] {
            let frames = Frames::new(size, 16);
            assert!(frames.back.len() >= frames.back_length - 1 + READ);
            assert!(frames.out.len() >= frames.out_length - 1 + 16 * frames.out_length);
        }
    }
}
