//! The crowd: so many connections, all in one state.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::state::{Reads, State, Stays};

/// Where the strangers are: all of them at one address, and the good client at another.
const STRANGERS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What has happened so far, as others may read it while it goes on.
#[derive(Debug, Default)]
pub struct Told {
    pub enough: AtomicBool,
    /// All have been brought into the state once.
    pub complete: AtomicBool,
    pub sent: AtomicU64,
    pub received: AtomicU64,
    /// How many were put out, or have gone.
    pub ended: AtomicU64,
}

/// One stranger.
#[derive(Debug)]
struct Stranger {
    stream: TcpStream,
    /// How much of `first` it has sent.
    first: usize,
    /// How much of `again`, in this round.
    again: usize,
}

/// Bytes that all strangers together send in a second, once each has been brought into the state.
const RATE: f64 = 32.0 * 1024.0 * 1024.0;

/// What a packet costs on the way besides what is in it, and a connection that is opened and reset.
const PACKET: usize = 40;
const CONNECTION: u64 = 180;

/// Keeps `count` connections to `address` in `state` until it is enough.
pub fn keep(address: SocketAddr, state: &State, count: usize, told: &Told) {
    let mut crowd: Vec<Option<Stranger>> = (0..count).map(|_| None).collect();
    let mut bytes = vec![0; 64 * 1024];
    let speakers = state.speakers(count);
    let mut rate = Rate::new();
    while !told.enough.load(Ordering::Relaxed) {
        let mut moved = false;
        for (number, place) in crowd.iter_mut().enumerate() {
            let Some(stranger) = place else {
                match connect(address, state) {
                    Ok(stranger) => {
                        *place = Some(stranger);
                        told.sent.fetch_add(CONNECTION, Ordering::Relaxed);
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)), // the server takes no more
                }
                continue;
            };
            let speaks = number < speakers;
            match stranger.go_on(state, speaks, &mut bytes, told) {
                Some(0) if state.stays == Stays::No && stranger.first == state.first.len() => {
                    *place = None;
                }
                Some(count) => {
                    moved |= count > 0;
                    let arrives = !told.complete.load(Ordering::Relaxed) && stranger.again == 0;
                    if !arrives {
                        rate.wait(count);
                    }
                }
                None => {
                    told.ended.fetch_add(1, Ordering::Relaxed);
                    *place = None;
                }
            }
            if told.enough.load(Ordering::Relaxed) {
                break;
            }
        }
        let done = |stranger: &Stranger| stranger.first == state.first.len();
        if crowd
            .iter()
            .flatten()
            .filter(|stranger| done(stranger))
            .count()
            >= count * 9 / 10
            || state.stays == Stays::No
        {
            told.complete.store(true, Ordering::Relaxed);
        }
        if !moved {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// How much may still be sent.
#[derive(Debug)]
struct Rate {
    last: Instant,
    left: f64,
}

impl Rate {
    fn new() -> Self {
        let last = Instant::now();
        Self { last, left: 0.0 }
    }

    /// So many bytes were sent: waits until they are paid for.
    fn wait(&mut self, bytes: usize) {
        self.left = (self.left + self.last.elapsed().as_secs_f64() * RATE).min(RATE / 10.0);
        self.last = Instant::now();
        self.left -= bytes as f64;
        if self.left < 0.0 {
            thread::sleep(Duration::from_secs_f64(-self.left / RATE));
        }
    }
}

fn connect(address: SocketAddr, state: &State) -> std::io::Result<Stranger> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if state.reads == Reads::Nothing {
        socket.set_recv_buffer_size(4096)?;
    }
    socket.set_linger(Some(Duration::ZERO))?; // no port has to wait for a minute (TIME-WAIT)
    socket.bind(&SocketAddrV4::new(STRANGERS, 0).into())?;
    socket.connect_timeout(&address.into(), Duration::from_millis(500))?;
    socket.set_nonblocking(true)?;
    Ok(Stranger {
        stream: socket.into(),
        first: 0,
        again: 0,
    })
}

impl Stranger {
    /// Says and reads as much as it can without waiting: how many bytes have gone; `None` if it was put
    /// out.
    fn go_on(
        &mut self,
        state: &State,
        speaks: bool,
        bytes: &mut [u8],
        told: &Told,
    ) -> Option<usize> {
        let mut moved = 0;
        if self.first < state.first.len() {
            let count = self.write(&state.first[self.first..])?;
            self.first += count;
            moved += count;
        } else if speaks && !state.again.is_empty() {
            let count = self.write(&state.again[self.again..])?;
            self.again = (self.again + count) % state.again.len();
            moved += count;
        }
        let packet = if moved > 0 { PACKET } else { 0 };
        told.sent
            .fetch_add((moved + packet) as u64, Ordering::Relaxed);
        if state.reads == Reads::All || (state.chapter == 8 && speaks) {
            match self.stream.read(bytes) {
                Ok(0) => return None,
                Ok(count) => drop(told.received.fetch_add(count as u64, Ordering::Relaxed)),
                Err(error) => waits(&error)?,
            }
        }
        Some(moved)
    }

    fn write(&mut self, bytes: &[u8]) -> Option<usize> {
        match self.stream.write(&bytes[..bytes.len().min(256 * 1024)]) {
            Ok(count) => Some(count),
            Err(error) => waits(&error).map(|()| 0),
        }
    }
}

fn waits(error: &std::io::Error) -> Option<()> {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted).then_some(())
}
