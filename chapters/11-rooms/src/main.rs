//! `cargo run -p ch11-rooms -- --help`

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use ch11_rooms::{LocalLog, Log, RedisLog, Server, Token};
use chat::listen;
use clap::Parser;
use http::{Files, HostName, Hosts};
use reactor::{Signals, Waker};
use websocket::{Handshake, Origins};

/// Serve a chat room that may be shared by many servers: one log, one room
#[derive(Parser)]
#[command(
    name = "11-rooms",
    after_help = "Examples:\n  just run 11-rooms                                 the room of chapter 08: nothing else is needed\n  just run 11-rooms --log redis://127.0.0.1/        a room that other servers share\n  just run 11-rooms --log redis+unix:///tmp/r.sock --port 7010 --web-port 7011"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Port of the page and of its WebSocket; 0 takes any that is free
    #[arg(long, default_value_t = 7001)]
    web_port: u16,

    /// Where the log is: a Redis 7 server. Without it, the log is in memory, and the room is this
    /// server's alone
    #[arg(long, value_name = "URL")]
    log: Option<String>,

    /// Which of the engine's rooms
    #[arg(long, default_value = "room", value_name = "NAME")]
    room: String,

    /// Answer requests for this host too; * for any. At a loopback address only names of this
    /// machine count otherwise. May be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<HostName>,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?;
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../08-chat/site");
        let files = Files::open(Path::new(site)).with_context(|| format!("opening {site}"))?;
        let waker = Waker::new().context("creating an eventfd")?;
        let log = match &options.log {
            None => {
                let name = Token::random().context("reading /dev/urandom")?;
                Log::Local(LocalLog::new(name.to_string()))
            }
            Some(url) => {
                let log = RedisLog::new(url, &options.room, &waker);
                Log::Redis(log.with_context(|| format!("--log {url}"))?)
            }
        };
        let handshake = Handshake {
            origins: Origins::Own,
            protocols: Vec::new(),
        };
        let mut server = Server::new(log, files, handshake, waker.clone());
        let ports = ("--web-port", options.web_port);
        let listeners = options.server.open_both(ports, listen)?;
        let page = listeners[1].local_addr()?;
        server.be_called(Hosts::of(page.ip(), &options.host_name));
        let _ = writeln!(io::stdout(), "page at http://{page}/");
        Ok(server.run(listeners, signals, waker)?)
    })
}
