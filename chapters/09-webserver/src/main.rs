//! `cargo run -p ch09-webserver -- --help`

use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use ch09_webserver::{Front, Server, Settings};
use clap::Parser;
use http::{HostName, Hosts, connections, kept_files};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use reactor::{Limits, Signals, listen, serve};

/// Where users are kept, unless an option says otherwise.
const DATABASE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/09-webserver/users.db"
);

/// Bytes of a file that a connection gets in one turn, as in chapter 06.
const FILE_A_TURN: usize = 2 * 1024 * 1024;

/// Serve a site with users: register, log in, see what is for members
#[derive(Parser)]
#[command(
    name = "09-webserver",
    after_help = "Examples:\n  just run 09-webserver                     then open http://localhost:7000/\n  just run 09-webserver --as-documented     the pages and paths of the documents\n  just run 09-webserver --proxy 127.0.0.1 --public-origin https://example.org"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// File of the users' database; it is made if there is none
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,

    /// Threads that hash passwords and wait for the database; 0: the loop does it, and nothing else
    #[arg(long, default_value_t = workers(), value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1024))]
    workers: u16,

    /// Jobs that may wait for them; what comes then is answered with 503
    #[arg(long, default_value_t = 64, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    queue: u16,

    /// Attempts at once to log in, from one address with one name
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,

    /// How long a login or a registration may take
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    answer_timeout: u16,

    /// Address of a proxy before this server, whose X-Forwarded-For is believed
    #[arg(long, value_name = "ADDRESS")]
    proxy: Option<IpAddr>,

    /// The origin of our pages as browsers see it, like that in the examples below
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    public_origin: Option<String>,

    /// Answer requests for this host too; * for any. At a loopback address only names of this
    /// machine, and that of the public origin, count otherwise. May be given several times
    #[arg(long, value_name = "NAME")]
    host_name: Vec<HostName>,

    /// Access log; SIGHUP opens it anew
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Serve the pages and the paths that the documents describe
    #[arg(long)]
    as_documented: bool,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,
}

impl Options {
    fn settings(&self, address: IpAddr) -> anyhow::Result<Settings> {
        let database = match &self.database {
            Some(file) => file.clone(),
            None => default_database()?,
        };
        Ok(Settings {
            files: Path::new(env!("CARGO_MANIFEST_DIR")).join("site"),
            database,
            workers: self.workers.into(),
            queue: self.queue.into(),
            attempts: self.attempts,
            answer: Duration::from_secs(self.answer_timeout.into()),
            front: Front {
                proxy: self.proxy,
                public_origin: self.public_origin.clone(),
            },
            hosts: Hosts::of(address, &self.host_names(address)),
            log: self.log.clone(),
            as_documented: self.as_documented,
        })
    }

    /// The names that we are told to be called by. To a server that other machines can reach, the
    /// public origin is no reason to refuse its other names.
    fn host_names(&self, address: IpAddr) -> Vec<HostName> {
        let mut names = self.host_name.clone();
        if address.is_loopback() || !names.is_empty() {
            let origin = self.public_origin.as_deref().and_then(host);
            names.extend(origin.and_then(|host| host.parse().ok()));
        }
        names
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        // Before any thread starts. With a log, SIGHUP has another meaning than to stop.
        let (signals, hangup) = match options.log {
            Some(_) => {
                let stop = [Signal::SIGINT, Signal::SIGTERM];
                (Signals::block_only(&stop)?, Some(hangup()?))
            }
            None => (Signals::block()?, None),
        };
        let listener = options.server.open(|address| listen(address, 1024))?;
        let settings = options.settings(listener.local_addr()?.ip())?;
        let limits = Limits {
            connections: connections(1),
            write: FILE_A_TURN,
            stop: Duration::from_secs(options.grace.into()),
            ..Limits::default()
        };
        let mut hangup = Some(hangup);
        Ok(serve(vec![listener], signals, &limits, |waker| {
            let hangup = hangup.take().flatten();
            let server = Server::new(&settings, waker, hangup, kept_files(1))?;
            let _ = writeln!(io::stdout(), "users are in {}", settings.database.display());
            Ok(server)
        })?)
    })
}

/// SIGHUP as a descriptor.
fn hangup() -> io::Result<SignalFd> {
    let mask = SigSet::from_iter([Signal::SIGHUP]);
    mask.thread_block()?;
    let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
    Ok(SignalFd::with_flags(&mask, flags)?)
}

fn workers() -> u16 {
    u16::try_from(Settings::usual_workers())
        .unwrap_or(1024)
        .min(1024)
}

fn default_database() -> anyhow::Result<PathBuf> {
    let file = Path::new(DATABASE);
    let directory = file.parent().unwrap_or(file);
    fs::create_dir_all(directory)
        .and_then(|()| directory.canonicalize())
        .map(|directory| directory.join("users.db"))
        .with_context(|| {
            let shown = directory.display();
            format!("can't make the directory {shown}; choose another place with --database FILE")
        })
}

/// The host of an origin, without its port.
fn host(origin: &str) -> Option<&str> {
    let (_, host) = origin.split_once("://")?;
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => Some(name),
        _ => Some(host),
    }
}

/// What a browser sends as the origin of a page: small letters, no path, no slash at its end.
fn origin(text: &str) -> Result<String, String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(is_host) => Ok(text.to_owned()),
        _ => Err("an origin is like https://example.org:8443, without a path".to_owned()),
    }
}
