//! The load: one thread, one epoll, as many connections as asked for.
//!
//! It is the same for every server, and costs the same for ten connections as for thousands; so what
//! differs between two runs is the server's.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// What is sent, and has to come back.
pub const LINE: &[u8; 32] = b"thirty-two bytes, LF counted in\n";

/// How many connections are opened before the server has to have answered on them: fewer than any
/// server's accept queue holds.
const OPENED_AT_ONCE: usize = 64;

/// However short a stretch is, it lasts until so many lines are back.
const FEWEST: usize = 10;

/// A server that answers nothing for so long has failed.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_MS: u16 = 5_000;

/// How the connections behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// One line is on its way at any time, each on another connection than the one before.
    OneAtATime,
    /// Each connection sends the next line as soon as the last has come back.
    AllBusy,
}

/// What came of a stretch of load.
#[derive(Debug)]
pub struct Sample {
    /// Lines that came back per second.
    pub rate: f64,
    /// 99 of 100 lines were back by then.
    pub p99: Duration,
    /// All lines, also those that came back too early or too late to count.
    pub lines: f64,
}

/// Open connections to a server.
pub struct Load {
    epoll: Epoll,
    connections: Vec<Connection>,
}

struct Connection {
    stream: TcpStream,
    sent: Instant,
    /// How much of [`LINE`] has come back.
    received: usize,
}

impl Load {
    /// Opens `number` connections, each of which has been served once.
    ///
    /// # Errors
    /// If one can't be opened, or isn't served within 5 s.
    pub fn open(address: SocketAddr, number: usize) -> Result<Self> {
        let mut load = Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            connections: Vec::with_capacity(number),
        };
        while load.connections.len() < number {
            let first = load.connections.len();
            let last = number.min(first + OPENED_AT_ONCE);
            for index in first..last {
                load.connect(address)?;
                load.send(index)?;
            }
            load.collect(last - first)?;
        }
        Ok(load)
    }

    fn connect(&mut self, address: SocketAddr) -> Result<()> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let index = self.connections.len() as u64;
        let readable = EpollFlags::EPOLLIN;
        self.epoll.add(&stream, EpollEvent::new(readable, index))?;
        self.connections.push(Connection {
            stream,
            sent: Instant::now(),
            received: 0,
        });
        Ok(())
    }

    /// Keeps lines on their way for `warm_up` and then for `stretch`, and waits for the last to come
    /// back. What came back during `stretch` counts for rate and latency.
    ///
    /// # Errors
    /// If the server closes a connection, or answers nothing for 5 s.
    pub fn run(
        &mut self,
        pattern: Pattern,
        warm_up: Duration,
        stretch: Duration,
    ) -> Result<Sample> {
        let number = self.connections.len();
        let mut on_their_way = match pattern {
            Pattern::OneAtATime => 1,
            Pattern::AllBusy => number,
        };
        for index in 0..on_their_way {
            self.send(index)?;
        }
        let began = Instant::now();
        let mut latencies = Vec::new();
        let (mut time, mut others) = (Duration::ZERO, 0);
        let mut events = [EpollEvent::empty(); 256];
        while on_their_way > 0 {
            for event in self.wait(&mut events)? {
                let index = usize::try_from(event.data())?;
                let Some(latency) = self.receive(index)? else {
                    continue;
                };
                let measured = began.elapsed().checked_sub(warm_up);
                match measured {
                    Some(now) if now >= stretch && latencies.len() >= FEWEST => {
                        others += 1;
                        on_their_way -= 1;
                        continue;
                    }
                    Some(now) => {
                        time = now;
                        latencies.push(latency);
                    }
                    None => others += 1,
                }
                self.send(match pattern {
                    Pattern::OneAtATime => (index + 1) % number,
                    Pattern::AllBusy => index,
                })?;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let (counted, lines) = (latencies.len() as f64, (latencies.len() + others) as f64);
        Ok(Sample {
            rate: counted / time.as_secs_f64(),
            p99: percentile(&mut latencies, 99),
            lines,
        })
    }

    /// Waits until `number` lines have come back.
    fn collect(&mut self, mut number: usize) -> Result<()> {
        let mut events = [EpollEvent::empty(); 256];
        while number > 0 {
            for event in self.wait(&mut events)? {
                let answered = self.receive(usize::try_from(event.data())?)?;
                number -= usize::from(answered.is_some());
            }
        }
        Ok(())
    }

    fn wait<'a>(&self, events: &'a mut [EpollEvent]) -> Result<&'a [EpollEvent]> {
        loop {
            match self.epoll.wait(events, EpollTimeout::from(PATIENCE_MS)) {
                Ok(0) => bail!("no answer within {PATIENCE:?}"),
                Ok(ready) => return Ok(&events[..ready]),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn send(&mut self, index: usize) -> Result<()> {
        let connection = &mut self.connections[index];
        connection.sent = Instant::now();
        // One line at a time always finds room.
        let sent = connection.stream.write(LINE).context("sending a line")?;
        ensure!(sent == LINE.len(), "a line was sent in part");
        Ok(())
    }

    /// Reads; the time that the line took, if all of it is back.
    fn receive(&mut self, index: usize) -> Result<Option<Duration>> {
        let connection = &mut self.connections[index];
        let mut bytes = [0; LINE.len()];
        match connection.stream.read(&mut bytes[connection.received..]) {
            Ok(0) => bail!("the server closed a connection"),
            Ok(count) => {
                let end = connection.received + count;
                let expected = &LINE[connection.received..end];
                ensure!(
                    bytes[connection.received..end] == *expected,
                    "a wrong answer"
                );
                connection.received = end % LINE.len();
                Ok((end == LINE.len()).then(|| connection.sent.elapsed()))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error).context("waiting for a line"),
        }
    }
}

/// The time within which `percent` of 100 lines were back.
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
}
