//! The options all servers share, and what `main` does with errors.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::{ContextKind, ContextValue};
use clap::{Args, Parser};

use crate::trace;

/// Exit code for an option, an address or a port that can't be used.
const USAGE: u8 = 2;

/// Where to listen, and whether to show what happens.
#[derive(Args, Debug)]
pub struct ServerOptions {
    /// Address to listen on; 0.0.0.0 means every one of this machine
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub host: String,

    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 7000)]
    pub port: u16,

    /// Print each system call and each event to standard error
    #[arg(long)]
    pub trace: bool,

    /// Record the same into FILE, one JSON object per line
    #[arg(long, value_name = "FILE")]
    pub trace_json: Option<PathBuf>,
}

/// A mistake in how the program was called: one line that says what to do.
#[derive(Debug)]
struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

impl ServerOptions {
    /// Starts the trace if one was asked for, opens the listener through `listen`, and prints
    /// `listening on ADDRESS` as the first line of standard output.
    ///
    /// # Errors
    /// If the host has no address, the port is taken or not allowed, or the trace file can't be
    /// written: each as one line that says what to do.
    pub fn open(
        &self,
        listen: impl FnOnce(SocketAddr) -> io::Result<TcpListener>,
    ) -> anyhow::Result<TcpListener> {
        let address = self.address()?;
        self.trace()?;
        let listener = listen(address).map_err(|error| explain(address, "--port", &error))?;
        announce(&listener, 1)?;
        Ok(listener)
    }

    /// As [`Self::open`], with several listeners on one address: one for each event loop.
    ///
    /// # Errors
    /// As [`Self::open`]; and if `listen` gives no listener.
    pub fn open_all(
        &self,
        listen: impl FnOnce(SocketAddr) -> io::Result<Vec<TcpListener>>,
    ) -> anyhow::Result<Vec<TcpListener>> {
        let address = self.address()?;
        self.trace()?;
        let listeners = listen(address).map_err(|error| explain(address, "--port", &error))?;
        let first = listeners.first().context("there is no listener")?;
        announce(first, listeners.len())?;
        Ok(listeners)
    }

    /// As [`Self::open`], with a second listener on another port of the same address, which the
    /// option `--NAME` names. The first line is printed once both are open.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_both(
        &self,
        (name, port): (&str, u16),
        listen: impl Fn(SocketAddr) -> io::Result<TcpListener>,
    ) -> anyhow::Result<[TcpListener; 2]> {
        let address = self.address()?;
        self.trace()?;
        let first = listen(address).map_err(|error| explain(address, "--port", &error))?;
        let address = SocketAddr::new(address.ip(), port);
        let second = listen(address).map_err(|error| explain(address, name, &error))?;
        announce(&first, 2)?;
        Ok([first, second])
    }

    fn trace(&self) -> Result<(), UsageError> {
        if self.trace || self.trace_json.is_some() {
            trace::install(self.trace, self.trace_json.as_deref()).map_err(UsageError)?;
        }
        Ok(())
    }

    fn address(&self) -> Result<SocketAddr, UsageError> {
        let bare = self
            .host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let ip = match bare {
            Some(bare) => bare.parse().map(IpAddr::V6), // as in a URL
            None => self.host.parse(),
        };
        if let Ok(ip) = ip {
            return Ok(SocketAddr::new(ip, self.port));
        }
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        found.ok().and_then(|mut all| all.next()).ok_or_else(|| {
            UsageError(format!(
                "'{}' is neither an IP address nor a name that resolves to one; try --host 127.0.0.1",
                self.host
            ))
        })
    }
}

/// Says that the server listens. It won't for long if nothing can be opened any more: an epoll
/// instance, what wakes it, and a first client take this many descriptors for each listener.
///
/// A closed pipe (`… | head -1`) is no reason to end a server.
fn announce(listener: &TcpListener, listeners: usize) -> anyhow::Result<()> {
    const SPARE: usize = 5;
    let spare: Result<Vec<_>, _> = (0..SPARE * listeners)
        .map(|_| listener.try_clone())
        .collect();
    spare.map_err(|error| {
        UsageError(format!(
            "there are too few descriptors to serve anything ({error}); `ulimit -n` says how many"
        ))
    })?;
    let address = listener.local_addr().context("asking for the address")?;
    let _ = writeln!(io::stdout(), "listening on {address}");
    Ok(())
}

/// Why `address`, whose port the option `option` sets, can't be listened on.
fn explain(address: SocketAddr, option: &str, error: &io::Error) -> UsageError {
    let (host, port) = (address.ip(), address.port());
    UsageError(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "port {port} on {host} is taken by another program; choose one with {option}, or {option} 0 for any that is free"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "{host} is no address of this machine; try --host 127.0.0.1 (only from here) or --host 0.0.0.0 (from everywhere)"
        ),
        ErrorKind::PermissionDenied => {
            format!("port {port} needs privileges; choose one from 1024 on with {option}")
        }
        _ => format!("can't listen on {address}: {error}"),
    })
}

/// Parses the options and runs `serve`; the result is for `main` to return.
///
/// The exit code is 0 after a graceful end and after `--help`, 2 when an option, an address or a
/// port can't be used, 1 for all else; an error is one line on standard error.
pub fn start<O: Parser>(serve: impl FnOnce(O) -> anyhow::Result<()>) -> ExitCode {
    let options = match O::try_parse() {
        Ok(options) => options,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(USAGE, &one_line(&error)),
    };
    let result = serve(options);
    trace::finish();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<UsageError>() => fail(USAGE, &format!("{error:#}")),
        Err(error) => fail(1, &format!("{error:#}")),
    }
}

fn fail(code: u8, message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {message}");
    ExitCode::from(code)
}

/// clap explains itself in a paragraph; its first line and its suggestion are enough.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let what = text.lines().next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what);
    match error.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(similar)) => {
            format!("{what}; did you mean {similar}? (--help lists all)")
        }
        _ => format!("{what} (--help lists the options)"),
    }
}
