//! `cargo run -p ch10-c1000k -- --help`

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ch10_c1000k::{
    Audience, Crowd, Load, Loops, Machine, RESERVE, Speaker, descriptors, in_own_network,
    is_own_network, raise_descriptors, report, tables_for,
};
use clap::{Parser, ValueEnum};
use http::{Files, Site, demo_routes};
use reactor::{Limits, LineEcho, Signals, Waker};
use websocket::{Handshake, Server};

/// Files that a loop of HTTP or WebSocket keeps open, well below [`RESERVE`].
const FILES: usize = 64;

/// Hold a million connections in one process, on one port
#[derive(Parser)]
#[command(
    name = "10-c1000k",
    after_help = "Examples:\n  just run 10-c1000k --doctor               which limit would stop it, and where\n  just run 10-c1000k --connections 100000   has as many descriptor tables as that needs\n  just run 10-c1000k --broadcast            each line that is typed goes to all clients\n  just million                              a million, with both ends in one go"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// What to speak
    #[arg(long, value_enum, default_value_t = Protocol::Echo)]
    protocol: Protocol,

    /// How many connections there are to be room for
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    connections: usize,

    /// Event loops, each in a thread with a descriptor table of its own [default: one per core, or as
    /// many as the connections need]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    loops: Option<u16>,

    /// How many connections may wait to be accepted, per loop
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,

    /// Send each line of standard input to all connections
    #[arg(long)]
    broadcast: bool,

    /// WebSocket: ping a peer after so long without a sign of life; 0 for never
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    heartbeat: u16,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    grace: u16,

    /// Name every limit of this machine and the lowest of them, and end
    #[arg(long)]
    doctor: bool,

    /// With --doctor: count both ends of each connection, the clients at so many addresses of this machine
    #[arg(long, value_name = "N")]
    sources: Option<u64>,

    /// Run in a network of one's own, which needs no rights and leaves the host's as it is
    #[arg(long)]
    in_own_network: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// Lines come back
    Echo,
    /// Files, and answers from memory
    Http,
    /// Messages come back, at /ws
    Websocket,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        if options.in_own_network {
            in_own_network()?;
        }
        let signals = Signals::block()?; // before any thread starts
        let room = raise_descriptors()?;
        if options.doctor {
            return doctor(&options);
        }
        match options.protocol {
            Protocol::Echo => options.serve(signals, room, |_| Ok(LineEcho)),
            Protocol::Http => options.serve(signals, room, |_| {
                Ok(Site::new(files()?, demo_routes(), ()))
            }),
            Protocol::Websocket => {
                let period = Duration::from_secs(options.heartbeat.into());
                let heartbeat = (options.heartbeat > 0).then_some(period);
                options.serve(signals, room, move |_| {
                    let mut server = Server::new(files()?, Handshake::default());
                    server.heartbeat = heartbeat;
                    Ok(server)
                })
            }
        }
    })
}

/// The pages of chapter 06.
fn files() -> io::Result<Files> {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../06-http/site");
    Ok(Files::open(Path::new(site))?.keeping(FILES))
}

impl Options {
    fn serve<H: Audience + Send + 'static>(
        &self,
        signals: Signals,
        room: usize,
        make: impl Fn(usize) -> io::Result<H> + Send + Sync + 'static,
    ) -> Result<()> {
        if self.broadcast && H::message("").is_none() {
            bail!(
                "HTTP answers what it is asked, and can't broadcast: --protocol echo or websocket"
            );
        }
        let count = self.loops()?;
        let limits = Limits {
            connections: room.saturating_sub(RESERVE + count).max(1),
            stop: Duration::from_secs(self.grace.into()),
            ..Limits::default()
        };
        let (tell, speakers) = mpsc::channel();
        let wakers = (0..count)
            .map(|_| Waker::new())
            .collect::<io::Result<Vec<_>>>()?;
        let crowds = wakers.clone();
        let loops = Loops::start(wakers, limits, move |number| {
            let (crowd, speaker) = Crowd::new(make(number)?, crowds[number].clone());
            let _ = tell.send(speaker);
            Ok(crowd)
        })?;
        let listener = self
            .server
            .open(|address| loops.listen(address, self.backlog))?;
        if self.in_own_network && is_own_network() {
            let id = std::process::id();
            let _ = writeln!(
                io::stderr(),
                "to enter its network: nsenter --preserve-credentials -U -n -t {id}"
            );
        }
        if self.broadcast {
            thread::Builder::new()
                .name("broadcast".to_owned())
                .spawn(move || broadcast::<H>(&speakers, count))?;
        }
        Ok(loops.serve(listener, signals)?)
    }

    /// How many loops: as asked for, but at least as many as the connections need tables.
    fn loops(&self) -> Result<usize> {
        let tables = tables_for(self.connections, descriptors()?)
            .context("too few descriptors: ulimit -n says how many, and 1,000 should be there")?;
        let asked = match self.loops {
            Some(loops) => loops.into(),
            None => thread::available_parallelism().map_or(1, usize::from),
        };
        Ok(asked.max(tables))
    }
}

/// Says each line of standard input to all connections of so many loops.
fn broadcast<H: Audience>(speakers: &mpsc::Receiver<Speaker>, loops: usize) {
    let speakers: Vec<Speaker> = speakers.iter().take(loops).collect();
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Some(message) = H::message(&line) else {
            return;
        };
        for speaker in &speakers {
            speaker.say(message.clone());
        }
    }
}

fn doctor(options: &Options) -> Result<()> {
    let load = Load {
        connections: options.connections,
        own_tables: true,
        sources: options.sources,
    };
    let text = report(&Machine::read()?, &load);
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}
