//! How long others wait while four clients log in without pause: with the jobs in the loop, and with a
//! pool beside it. `just compare 09`, or `cargo run --release -p ch09-webserver --example logins`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ch09_webserver::{Front, Server, Settings};
use http::Hosts;
use reactor::{Limits, Reactor, Waker, listen};

/// Clients that log in, one login after the other.
const LOGINS: usize = 4;
/// Clients that ask for a file, one request after the other.
const OTHERS: usize = 8;
/// How long each round is.
const ROUND: Duration = Duration::from_secs(3);
/// How many rounds of each kind. What is shown is their median.
const ROUNDS: usize = 5;

/// What a round has shown.
#[derive(Debug, Clone, Copy)]
struct Round {
    p50: Duration,
    p99: Duration,
    requests: usize,
    logins: usize,
}

fn main() -> io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{LOGINS} clients log in, {OTHERS} ask for a file; {ROUNDS} rounds of {} s each; {cores} cores",
        ROUND.as_secs()
    );
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (workers, rounds) in rounds.iter_mut().enumerate() {
            rounds.push(measure(workers)?);
        }
    }
    println!(
        "{:<22} {:>9} {:>9} {:>11} {:>9}",
        "", "p50 (ms)", "p99 (ms)", "requests/s", "logins/s"
    );
    for (name, rounds) in ["in the loop", "pool of 1"].iter().zip(&mut rounds) {
        rounds.sort_by_key(|round| round.p99);
        let round = rounds[rounds.len() / 2];
        println!(
            "{name:<22} {:>9.2} {:>9.2} {:>11.0} {:>9.1}",
            milliseconds(round.p50),
            milliseconds(round.p99),
            rate(round.requests),
            rate(round.logins)
        );
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn rate(count: usize) -> f64 {
    count as f64 / ROUND.as_secs_f64()
}

/// One round with so many workers.
fn measure(workers: usize) -> io::Result<Round> {
    let directory = std::env::temp_dir().join(format!("logins-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let settings = Settings {
        files: Path::new(env!("CARGO_MANIFEST_DIR")).join("site"),
        database: directory.join("users.db"),
        workers,
        queue: 64,
        attempts: u32::MAX,
        answer: Duration::from_mins(1),
        front: Front::default(),
        hosts: Hosts::Any,
        log: None,
        as_documented: false,
    };
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)), 128)?;
    let address = listener.local_addr()?;
    let mut reactor = Reactor::new(Limits::default())?;
    reactor.add_listener(listener)?;
    let waker = reactor.waker();
    let mut server = Server::new(&settings, waker.clone(), None, 16)?;
    let round = thread::scope(|scope| {
        let server = scope.spawn(|| reactor.run(&mut server));
        let round = load(address);
        Waker::stop(&waker);
        server.join().expect("no panic")?;
        round
    });
    fs::remove_dir_all(&directory)?;
    round
}

/// The load of one round.
fn load(address: SocketAddr) -> io::Result<Round> {
    let form = "user=ada&password=correct+horse";
    ask(
        &mut BufReader::new(TcpStream::connect(address)?),
        &post(address, "/register", form),
    )?;
    let (over, logins) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut times = thread::scope(|scope| -> io::Result<Vec<Duration>> {
        let log_in = || -> io::Result<()> {
            let mut client = BufReader::new(TcpStream::connect(address)?);
            while !over.load(Ordering::Relaxed) {
                ask(&mut client, &post(address, "/login", form))?;
                logins.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let members: Vec<_> = (0..LOGINS).map(|_| scope.spawn(log_in)).collect();
        let other = || -> io::Result<Vec<Duration>> {
            let mut client = BufReader::new(TcpStream::connect(address)?);
            let request = format!("GET /style.css HTTP/1.1\r\nHost: {address}\r\n\r\n");
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let start = Instant::now();
                ask(&mut client, &request)?;
                times.push(start.elapsed());
            }
            Ok(times)
        };
        let others: Vec<_> = (0..OTHERS).map(|_| scope.spawn(other)).collect();
        thread::sleep(ROUND);
        over.store(true, Ordering::Relaxed);
        for member in members {
            member.join().expect("no panic")?;
        }
        let mut all = Vec::new();
        for other in others {
            all.extend(other.join().expect("no panic")?);
        }
        Ok(all)
    })?;
    times.sort();
    let at = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let logins = logins.into_inner();
    Ok(Round {
        p50: at(50),
        p99: at(99),
        requests: times.len(),
        logins,
    })
}

fn post(address: SocketAddr, path: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// Sends a request, and takes its answer, which has to be a good one: to say no is fast.
fn ask(client: &mut BufReader<TcpStream>, request: &str) -> io::Result<()> {
    client.get_mut().write_all(request.as_bytes())?;
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        client.read_line(&mut line)?;
        if let Some(status) = line.strip_prefix("HTTP/1.1 ")
            && !status.starts_with(['2', '3'])
        {
            return Err(io::Error::other(format!("refused: {status}")));
        }
        if let Some(text) = line.strip_prefix("Content-Length: ") {
            length = text.trim().parse().unwrap_or(0);
        }
        match &line[..] {
            "\r\n" => break,
            "" => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
    io::copy(&mut client.take(length), &mut io::sink())?;
    Ok(())
}
