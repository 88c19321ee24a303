//! What hostile clients cost a good one, and what memory they take:
//! `cargo run --release -p ch07-websocket --example hostile`, half a minute.
//!
//! The good client has a short message echoed, 2,000 times with a pause between, first alone and
//! then beside each kind of hostile clients. All is bounded: clients, connections and time.

#[path = "../tests/blocking/mod.rs"]
mod blocking;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use blocking::Blocking;
use ch07_websocket::{Handshake, Header, Incoming, Mask, Opcode, Server, write_frame};
use http::{Files, connections};
use reactor::{Limits, Signals, listen, serve};
use socket2::{Domain, Socket, Type};

/// Hostile clients of a kind.
const HOSTILE: usize = 500;
/// Times that the good client asks.
const QUESTIONS: usize = 2000;
/// How long it thinks in between, and how long the hostile ones do.
const PAUSE: Duration = Duration::from_micros(500);
const BREATH: Duration = Duration::from_millis(20);
/// The server's heartbeat, so that silence counts here, too.
const HEARTBEAT: Duration = Duration::from_secs(1);

const MASK: Mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);

fn main() -> io::Result<()> {
    if env::args().len() > 1 {
        return be_the_server();
    }
    let mut command = Command::new(env::current_exe()?);
    let mut server = Killed(command.arg("server").stdout(Stdio::piped()).spawn()?);
    let mut line = String::new();
    let stdout = server.0.stdout.take().expect("it is piped");
    io::BufRead::read_line(&mut io::BufReader::new(stdout), &mut line)?;
    let address = line.trim().parse().map_err(io::Error::other)?;
    compare(address, server.0.id())
}

fn be_the_server() -> io::Result<()> {
    let signals = Signals::block()?;
    let listener = listen("127.0.0.1:0".parse().expect("an address"), 1024)?;
    println!("{}", listener.local_addr()?);
    let limits = Limits {
        connections: connections(1),
        ..Limits::default()
    };
    let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"));
    let server = |_| {
        let files = Files::open(site)?;
        let mut server = Server::new(files, Handshake::default());
        server.heartbeat = Some(HEARTBEAT);
        Ok(server)
    };
    serve(vec![listener], signals, &limits, server)
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended by itself
        let _ = self.0.wait();
    }
}

/// What a hostile client says first, and what it says again and again.
struct Kind {
    name: &'static str,
    shakes_hands: bool,
    first: Vec<u8>,
    again: Vec<u8>,
    reads: Reads,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    All,
    Nothing,
}

fn kinds() -> Vec<Kind> {
    let kind = |name, first: &[u8], again: &[u8], reads| Kind {
        name,
        shakes_hands: true,
        first: first.to_vec(),
        again: again.to_vec(),
        reads,
    };
    let begun = |length| header(Opcode::Binary, true, length);
    let endless = |name| kind(name, &begun(60 << 20), &[b'x'; 8192], Reads::All);
    let mut huge = begun(1 << 62);
    huge[2] = 0x80; // 2^63: no length that the protocol has
    vec![
        Kind {
            shakes_hands: false,
            ..kind("half handshakes", &HANDSHAKE[..59], b"A: b\r\n", Reads::All)
        },
        kind("half frames", &begun(60_000), b"x", Reads::All),
        endless("endless messages"),
        kind("lengths of 2^63", &huge, b"", Reads::All),
        kind("no Pongs", b"", b"", Reads::All),
        kind(
            "that don't read",
            b"",
            &frame(Opcode::Binary, &[b'x'; 8000]),
            Reads::Nothing,
        ),
        kind(
            "floods of Pings",
            b"",
            &frame(Opcode::Ping, &[b'x'; 125]).repeat(50),
            Reads::All,
        ),
        kind(
            "empty fragments",
            &header(Opcode::Text, false, 0),
            &header(Opcode::Continuation, false, 0).repeat(1000),
            Reads::All,
        ),
        endless("endless, once more"),
    ]
}

fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, opcode, Some(MASK), payload);
    out
}

/// The header of a frame; where `length` is 0, all of it.
fn header(opcode: Opcode, last: bool, length: u64) -> Vec<u8> {
    let header = Header {
        opcode,
        last,
        mask: Some(MASK),
        length,
    };
    header.encode().to_vec()
}

fn compare(address: SocketAddr, server: u32) -> io::Result<()> {
    println!("500 clients          good client's echo, µs   server's memory, MiB    clients");
    println!("                         median        p99    before  during   after    so far");
    let row = |name: &str, times: Vec<Duration>, memory: [f64; 3], clients: usize| {
        let mut times = times;
        times.sort_unstable();
        let [median, late] = [times[QUESTIONS / 2], times[QUESTIONS * 99 / 100]];
        let [before, during, after] = memory;
        println!(
            "{name:20} {:>10.1} {:>10.1}   {before:>7.1} {during:>7.1} {after:>7.1}   {clients:>7}",
            micros(median),
            micros(late),
        );
    };
    let before = resident(server)?;
    let times = good_client(address)?;
    row(
        "none",
        times,
        [before, resident(server)?, resident(server)?],
        0,
    );
    for kind in kinds() {
        let (before, enough) = (resident(server)?, AtomicBool::new(false));
        let (times, during, clients) = thread::scope(|scope| {
            let hostile = scope.spawn(|| be_hostile(address, &kind, &enough));
            thread::sleep(HEARTBEAT); // until they are all there
            let times = good_client(address);
            let during = resident(server);
            enough.store(true, Ordering::Relaxed);
            (times, during, hostile.join().expect("it doesn't panic"))
        });
        let (times, during, clients) = (times?, during?, clients?);
        thread::sleep(HEARTBEAT); // until they are all gone
        row(
            kind.name,
            times,
            [before, during, resident(server)?],
            clients,
        );
    }
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Memory of the process that is in use, in MiB (`VmRSS`, `proc_pid_status(5)`).
fn resident(process: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(kib.ok_or(ErrorKind::InvalidData)? / 1024.0)
}

/// How long each echo takes.
fn good_client(address: SocketAddr) -> io::Result<Vec<Duration>> {
    let address = format!("ws://{address}/ws")
        .parse()
        .map_err(io::Error::other)?;
    let mut client = Blocking::connect(&address, &[]).map_err(io::Error::other)?;
    let limit = Some(Duration::from_secs(5));
    client.stream().set_read_timeout(limit)?;
    let once = |_| {
        thread::sleep(PAUSE);
        let began = Instant::now();
        let sent = client.send(ch07_websocket::Kind::Text, b"Hello");
        let answer = sent.and_then(|()| client.receive());
        let took = began.elapsed();
        let answer = answer.map_err(io::Error::other)?;
        assert_eq!(answer, Incoming::Text("Hello".to_owned()));
        Ok(took)
    };
    (0..QUESTIONS).map(once).collect()
}

/// 500 clients that do what their kind does until it is enough. Who is thrown out comes again. How
/// many there were.
fn be_hostile(address: SocketAddr, kind: &Kind, enough: &AtomicBool) -> io::Result<usize> {
    let mut clients: Vec<Option<Hostile>> = (0..HOSTILE).map(|_| None).collect();
    let mut count = 0;
    while !enough.load(Ordering::Relaxed) {
        for client in &mut clients {
            if let Some(hostile) = client {
                if hostile.goes_on(kind).is_err() {
                    *client = None;
                }
            } else {
                *client = Some(Hostile::connect(address, kind)?);
                count += 1;
            }
        }
        thread::sleep(BREATH);
    }
    Ok(count)
}

struct Hostile {
    stream: TcpStream,
    /// How far it is with what it says again and again.
    at: usize,
}

impl Hostile {
    fn connect(address: SocketAddr, kind: &Kind) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if kind.reads == Reads::Nothing {
            // With the segments of the loopback device, 64 KiB, the kernel would keep megabytes
            // that are unread.
            socket.set_recv_buffer_size(1)?;
            socket.set_tcp_mss(1460)?;
        }
        socket.set_linger(Some(Duration::ZERO))?; // no port has to wait for a minute (TIME-WAIT)
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.connect(&address.into())?;
        let mut stream = TcpStream::from(socket);
        if kind.shakes_hands {
            stream.write_all(HANDSHAKE)?;
            let (mut answer, mut byte) = (Vec::new(), [0]);
            while !answer.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte)?;
                answer.push(byte[0]);
            }
        }
        stream.write_all(&kind.first)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, at: 0 })
    }

    fn goes_on(&mut self, kind: &Kind) -> io::Result<()> {
        if !kind.again.is_empty() {
            match self.stream.write(&kind.again[self.at..]) {
                Ok(count) => self.at = (self.at + count) % kind.again.len(),
                Err(error) => would_block(error)?, // the server takes no more
            }
        }
        if kind.reads == Reads::All {
            match self.stream.read(&mut [0; 16 * 1024]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => would_block(error)?,
            }
        }
        Ok(())
    }
}

fn would_block(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}

const HANDSHAKE: &[u8] =
    b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: a\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
