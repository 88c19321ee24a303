//! `cargo run -p ch08-chat -- --help`

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use ch08_chat::{ROOM_PACE, Room, Server, limits, listen};
use clap::Parser;
use http::{Files, HostName, Hosts};
use reactor::{Limits, Signals};
use websocket::{Admitted, Handshake};

/// Serve a chat room: lines at one port, a page and WebSocket at another
#[derive(Parser)]
#[command(
    name = "08-chat",
    after_help = "Examples:\n  just run 08-chat             then `just chat` in other terminals, or nc localhost 7000,\n                               and http://localhost:7001/ in a browser\n  just run 08-chat --trace     shows who is written to when somebody says something\n  just run 08-chat --idle 5    asks after 5 silent seconds whether a member is there"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Port of the page and of its WebSocket; 0 takes any that is free
    #[arg(long, default_value_t = 7001)]
    web_port: u16,

    /// Ask a silent member after so long whether it is there; put it out after as long again
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    idle: u16,

    /// KiB that all members together may say in a second; one address may say half as much
    #[arg(long, default_value_t = ROOM_PACE, value_name = "KIB", value_parser = clap::value_parser!(u32).range(1..))]
    room_pace: u32,

    /// Answer requests for this host too; * for any. At a loopback address only names of this
    /// machine count otherwise. May be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<HostName>,

    /// Let in the pages of this site too, by scheme and host; * for all
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<Admitted>,

    /// Compress no messages, whatever pages offer
    #[arg(long)]
    no_deflate: bool,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?;
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
        let files = Files::open(Path::new(site)).with_context(|| format!("opening {site}"))?;
        let room = Room::new(&random_name().context("reading /dev/urandom")?);
        let idle = Duration::from_secs(options.idle.into());
        let mut server = Server::new(room, files, options.handshake(), idle);
        if options.no_deflate {
            server.compress_nothing();
        }

        server.set_pace(options.room_pace);

        let ports = ("--web-port", options.web_port);
        let listeners = options.server.open_both(ports, listen)?;
        let page = listeners[1].local_addr()?;
        server.be_called(Hosts::of(page.ip(), &options.host_name));
        let _ = writeln!(io::stdout(), "page at http://{page}/");

        let limits = Limits {
            stop: Duration::from_secs(options.grace.into()),
            ..limits()
        };
        Ok(server.run(listeners, signals, limits)?)
    })
}

impl Options {
    fn handshake(&self) -> Handshake {
        Handshake {
            origins: self.origin.iter().cloned().collect(),
            protocols: Vec::new(),
        }
    }
}

/// What tells this run of the server from others.
fn random_name() -> io::Result<String> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}
