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
//!
//! With `--deaf` there are 500 members and 50 more who never read, and lines are long: how long do
//! they take to reach the 500 as long as the 50 are there, and afterwards?
//!
//! ```text
//! cargo run --release -p ch08-chat --example crowd -- --deaf
//! ```

mod member;
mod process;

use std::env;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ch08_chat::{Room, Server, limits, listen};
use http::{Files, connections};
use reactor::Signals;
use websocket::Handshake;

use member::Member;
use process::{Process, SERVE};

/// How often one says something and all are waited for.
const ROUNDS: usize = 50;

/// How many speak at once in the end.
const SPEAKERS: usize = 20;

/// What has members measured beside others who never read, as an option.
const DEAF: &str = "--deaf";

/// How many of both.
const READERS: usize = 500;
const NEVER_READ: usize = 50;

const HOUR: Duration = Duration::from_hours(1);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if arguments == [SERVE] {
        return serve();
    }
    if arguments == [DEAF] {
        return beside_the_deaf();
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
    let mut crowd = join(&server, count)?;
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

/// `count` members, who have heard of each other.
fn join(server: &Process, count: usize) -> anyhow::Result<Vec<Member>> {
    let mut crowd: Vec<Member> = Vec::with_capacity(count);
    while crowd.len() < count {
        for _ in 0..64.min(count - crowd.len()) {
            crowd.push(Member::connect(server.address)?);
        }
        for member in &mut crowd {
            member.skip_what_there_is()?;
        }
    }
    let welcome = b"you can do.\n";
    crowd[count - 1].skip_until(welcome)?;
    crowd[count - 1].stream.write_all(b"/me is the last\n")?;
    for member in &mut crowd {
        member.skip_until(b" is the last\n")?;
    }
    Ok(crowd)
}

fn beside_the_deaf() -> anyhow::Result<()> {
    let server = Process::start()?;
    let connect = |_| Member::connect(server.address);
    let deaf: Vec<_> = (0..NEVER_READ).map(connect).collect::<Result<_, _>>()?;
    let mut crowd = join(&server, READERS)?;
    let (mut beside, mut alone, mut dropped) = (Vec::new(), Vec::new(), 0);
    while alone.len() < 200 {
        let rounds = beside.len() + alone.len();
        ensure!(rounds < 5000, "{dropped} of {NEVER_READ} were put out");
        let line = format!("{rounds} {}\n", "x".repeat(900));
        let there = dropped < NEVER_READ;
        let began = Instant::now();
        crowd[rounds % READERS].stream.write_all(line.as_bytes())?;
        for (number, member) in crowd.iter_mut().enumerate() {
            loop {
                let heard = member.line()?;
                if heard.ends_with(line.as_bytes()) {
                    break;
                }
                ensure!(
                    heard.ends_with(b" left (too slow)\n"),
                    "{} came",
                    heard.escape_ascii()
                );
                dropped += usize::from(number == 0);
            }
        }
        let times = if there { &mut beside } else { &mut alone };
        times.push(began.elapsed());
    }
    println!("{READERS} members    lines   in the middle   the longest");
    for (name, times) in [("with 50 more", &mut beside), ("without", &mut alone)] {
        times.sort_unstable();
        let (middle, longest) = (times[times.len() / 2], times[times.len() - 1]);
        let (middle, longest) = (milliseconds(middle), milliseconds(longest));
        println!(
            "{name:12}   {:5}   {middle:10.2} ms   {longest:8.2} ms",
            times.len()
        );
    }
    drop(deaf);
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
