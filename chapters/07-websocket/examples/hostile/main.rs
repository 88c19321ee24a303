//! What hostile clients cost a good one, and what memory they take:
//! `cargo run --release -p ch07-websocket --example hostile`, half a minute.
//!
//! The good client has a short message echoed, 2,000 times with a pause between, first alone and
//! then beside each kind of hostile clients. All is bounded: clients, connections and time.

#[path = "../../tests/blocking/mod.rs"]
mod blocking;
mod client;
mod kind;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use blocking::Blocking;
use ch07_websocket::{Handshake, Incoming, Server};
use http::{Files, connections};
use reactor::{Limits, Signals, listen, serve};

use client::Hostile;
use kind::Kind;

/// Hostile clients of a kind.
const HOSTILE: usize = 500;
/// Times that the good client asks.
const QUESTIONS: usize = 2000;
/// How long it thinks in between, and how long the hostile ones do.
const PAUSE: Duration = Duration::from_micros(500);
const BREATH: Duration = Duration::from_millis(20);
/// The server's heartbeat, so that silence counts here, too.
const HEARTBEAT: Duration = Duration::from_secs(1);

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
    for kind in Kind::all() {
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
