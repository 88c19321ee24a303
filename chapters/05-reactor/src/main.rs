//! `cargo run -p ch05-reactor -- --help`

use std::process::ExitCode;
use std::time::Duration;

use ch05_reactor::{Limits, LineEcho, Signals, listen_shared, serve};
use clap::Parser;

/// Echo lines from an event loop, or one per core
#[derive(Parser)]
#[command(
    name = "05-reactor",
    after_help = "Examples:\n  just run 05-reactor                  then, elsewhere: nc 127.0.0.1 7000\n  just run 05-reactor --trace          shows every turn of the loop\n  just run 05-reactor --loops 2 --port 9000"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Event loops, each in a thread of its own
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    loops: u16,

    /// How many connections may wait to be accepted, per loop
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,

    /// How long output may drain after SIGINT or SIGTERM; a second one cuts it
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?; // before any thread starts
        let listeners = options
            .server
            .open_all(|address| listen_shared(address, options.backlog, options.loops.into()))?;
        let limits = Limits {
            stop: Duration::from_secs(options.grace.into()),
            ..Limits::default()
        };
        Ok(serve(listeners, signals, &limits, |_| Ok(LineEcho))?)
    })
}
