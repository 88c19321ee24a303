//! `cargo run -p ch06-http -- --help`

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use ch06_http::{
    Files, HostName, Hosts, Limits, Patience, Route, Site, connections, demo_routes, echo,
    kept_files,
};
use clap::Parser;
use reactor::{Signals, listen_shared, serve};

/// Bytes of a file that a connection gets in one turn. A file that ends within its first turn needs
/// no other, and no change of what epoll watches; the others wait for a fraction of a millisecond.
const FILE_A_TURN: usize = 2 * 1024 * 1024;

/// Serve files over HTTP/1.1, and a few pages that code answers
#[derive(Parser)]
#[command(
    name = "06-http",
    after_help = "Examples:\n  just run 06-http                     then open http://localhost:7000/\n  just run 06-http --trace             shows each request as it comes\n  just run 06-http --root . --loops 2  serves this directory from two loops"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Directory to serve
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/site"), hide_default_value = true, value_name = "DIRECTORY", value_parser = directory)]
    root: PathBuf,

    /// Answer requests for this host too; * for any. At a loopback address only names of this
    /// machine count otherwise. May be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<HostName>,

    /// Answer every request with its own body, whatever the host
    #[arg(long)]
    echo: bool,

    /// The longest body that is taken, in bytes
    #[arg(long, default_value_t = 1024 * 1024, value_name = "BYTES")]
    max_body: u64,

    /// How long the head of a request may take
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    head_timeout: u16,

    /// How long a body may take for each 10 KiB
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    body_timeout: u16,

    /// How long a connection may do nothing, neither ask nor read
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    idle_timeout: u16,

    /// How long an answer that comes later may take
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    answer_timeout: u16,

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
    fn site(&self, address: IpAddr) -> io::Result<Site<()>> {
        let mut routes = demo_routes();
        if self.echo {
            routes.insert(0, Route::all(echo).taking(u64::MAX));
        }
        let files = Files::open(&self.root)?.keeping(kept_files(self.loops.into()));
        let mut site = Site::new(files, routes, ());
        site.hosts = if self.echo {
            Hosts::Any
        } else {
            Hosts::of(address, &self.host_name)
        };
        site.limits = Limits {
            body: self.max_body,
            ..Limits::default()
        };
        let seconds = |number: u16| Duration::from_secs(number.into());
        site.patience = Patience {
            head: seconds(self.head_timeout),
            body: seconds(self.body_timeout),
            idle: seconds(self.idle_timeout),
            answer: seconds(self.answer_timeout),
        };
        Ok(site)
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
            write: FILE_A_TURN,
            stall: Duration::from_secs(options.idle_timeout.into()),
            stop: Duration::from_secs(options.grace.into()),
            ..reactor::Limits::default()
        };
        let address = listeners[0].local_addr()?.ip();
        let site = |_| options.site(address);
        Ok(serve(listeners, signals, &limits, site)?)
    })
}

fn directory(name: &str) -> Result<PathBuf, String> {
    let path = Path::new(name);
    if path.is_dir() {
        Ok(path.to_owned())
    } else {
        Err("there is no such directory".to_owned())
    }
}
