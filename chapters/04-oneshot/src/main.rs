//! `cargo run -p ch04-oneshot -- --help`

use std::io::{self, Write};
use std::process::ExitCode;

use ch04_oneshot::{Arming, listen, serve};
use clap::Parser;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Echo lines with several threads on one epoll
#[derive(Parser)]
#[command(
    name = "04-oneshot",
    after_help = "Examples:\n  just run 04-oneshot --workers 4      then, elsewhere: nc 127.0.0.1 7000\n  just run 04-oneshot --trace          shows which worker takes which event\n  just run 04-oneshot --no-oneshot     counts how often two workers met at one connection"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// How many threads wait for events
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: u16,

    /// Leave EPOLLONESHOT out, to see workers overlap
    #[arg(long)]
    no_oneshot: bool,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        // Blocked before the first thread starts, so every thread inherits it: these signals now
        // come through a descriptor, and epoll can wait for them.
        let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        signals.thread_block()?;
        let stop = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;

        let listener = options.server.open(|address| listen(address, 1024))?;
        let arming = if options.no_oneshot {
            Arming::Persistent
        } else {
            Arming::Oneshot
        };
        let overlaps = serve(listener, options.workers.into(), arming, &stop)?;
        // A closed pipe is no reason to fail.
        let _ = writeln!(
            io::stdout(),
            "stopped; workers met {overlaps} times at one connection"
        );
        Ok(())
    })
}
