//! `cargo run -p ch07-websocket -- --help`

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ch07_websocket::deflate::{Compression, Policy};
use ch07_websocket::{Admitted, Handshake, Limits, Server};
use clap::Parser;
use http::{Files, HostName, Hosts, connections, kept_files};
use reactor::{Signals, listen_shared, serve};

/// Echo messages over WebSocket, and serve a page to try that
#[derive(Parser)]
#[command(
    name = "07-websocket",
    after_help = "Examples:\n  just run 07-websocket                     then open http://localhost:7000/\n  just run 07-websocket --trace             shows the bytes of each frame\n  just run 07-websocket --heartbeat 5       asks after 5 silent seconds whether a peer is there"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Answer requests for this host too; * for any. At a loopback address only names of this
    /// machine count otherwise. May be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<HostName>,

    /// Let in the pages of this site too, by scheme and host; * for all
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<Admitted>,

    /// Speak this sub-protocol; may be given several times
    #[arg(long, value_name = "NAME", value_parser = protocol)]
    protocol: Vec<String>,

    /// The longest message that is taken, in bytes
    #[arg(long, default_value_t = Limits::default().message, value_name = "BYTES")]
    max_message: u64,

    /// Compress no messages, whatever clients offer
    #[arg(long)]
    no_deflate: bool,

    /// What windows may take, in all, that are kept from message to message; without room for its
    /// own, a connection begins each message with an empty one
    #[arg(long, default_value = "64M", value_name = "BYTES", value_parser = memory)]
    deflate_memory: usize,

    /// Ping a peer after so long without a sign of life; 0 for never
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    heartbeat: u16,

    /// How long a login code is good; with several loops there are none
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    code_life: u16,

    /// Event loops, each in a thread of its own
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    loops: u16,

    /// How many connections may wait to be accepted, per loop
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,
}

impl Options {
    fn server(&self, address: IpAddr) -> io::Result<Server> {
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
        let handshake = Handshake {
            origins: self.origin.iter().cloned().collect(),
            protocols: self.protocol.clone(),
        };
        let files = Files::open(Path::new(site))?.keeping(kept_files(self.loops.into()));
        let mut server = Server::new(files, handshake);
        server.be_called(Hosts::of(address, &self.host_name));
        server.limits.message = self.max_message;
        server.limits.frame = if self.no_deflate {
            self.max_message
        } else {
            server.limits.compressed()
        };
        let policy = (!self.no_deflate).then(Policy::default);
        let memory = self.deflate_memory / usize::from(self.loops);
        server.compression = Compression::new(policy, memory);
        let period = Duration::from_secs(self.heartbeat.into());
        server.heartbeat = (self.heartbeat > 0).then_some(period);
        if self.loops == 1 {
            server.give_out_codes(Duration::from_secs(self.code_life.into()))?;
        }
        Ok(server)
    }

    /// A peer that reads nothing is put out as soon as one that says nothing.
    fn stall(&self) -> Duration {
        if self.heartbeat == 0 {
            return reactor::Limits::default().stall;
        }
        2 * Duration::from_secs(self.heartbeat.into())
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?; // before any thread starts
        let listeners = options
            .server
            .open_all(|address| listen_shared(address, options.backlog, options.loops.into()))?;
        let limits = reactor::Limits {
            connections: connections(options.loops.into()),
            stop: Duration::from_secs(options.grace.into()),
            stall: options.stall(),
            ..reactor::Limits::default()
        };
        let address = listeners[0].local_addr()?.ip();
        let server = |_| options.server(address);
        Ok(serve(listeners, signals, &limits, server)?)
    })
}

/// A number of bytes, or with K, M or G of so many times 1024.
fn memory(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number = digits.parse::<usize>().ok();
    let bytes = number.and_then(|number| number.checked_mul(1 << unit));
    bytes.ok_or_else(|| "a number of bytes is like 67108864 or 64M".to_owned())
}

/// The name of a sub-protocol is a token (RFC 6455 §4.1).
fn protocol(text: &str) -> Result<String, String> {
    let separator = |byte: &u8| b"\"(),/:;<=>?@[\\]{}".contains(byte);
    let is_token = |byte: u8| byte.is_ascii_graphic() && !separator(&byte);
    if !text.is_empty() && text.bytes().all(is_token) {
        Ok(text.to_owned())
    } else {
        Err("a sub-protocol is a word without spaces and separators, like chat.v1".to_owned())
    }
}
