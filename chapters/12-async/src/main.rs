//! `cargo run -p ch12-async -- --help`

use std::io;
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use ch12_async::{Stop, listen, on_ours, on_tokio, runtime, stop_on_signals};
use clap::{Parser, ValueEnum};

/// Echo lines with an async fn, on our own runtime or on tokio
#[derive(Parser)]
#[command(
    name = "12-async",
    after_help = "Examples:\n  just run 12-async                    then, elsewhere: nc 127.0.0.1 7000\n  just run 12-async --trace            shows every poll of every task\n  just run 12-async --on tokio         the same async fn on tokio"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Whose executor and reactor run it
    #[arg(long, value_enum, default_value = "ours")]
    on: On,

    /// How many connections may wait to be accepted
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,

    /// How long clients may take to end after SIGINT or SIGTERM; a second one cuts them
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,
}

#[derive(Clone, Copy, ValueEnum)]
enum On {
    /// The runtime of this chapter
    Ours,
    /// tokio's, with one thread
    Tokio,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let stop = Stop::default();
        stop_on_signals(&stop)?; // before any other thread starts
        let listener = options
            .server
            .open(|address| listen(address, options.backlog))?;
        listener.set_nonblocking(true)?;
        let grace = Duration::from_secs(options.grace.into());
        match options.on {
            On::Ours => on_our_runtime(listener, stop, grace)?,
            On::Tokio => on_tokios(listener, stop, grace)?,
        }
        Ok(())
    })
}

fn on_our_runtime(listener: TcpListener, stop: Stop, grace: Duration) -> io::Result<()> {
    runtime::Runtime::new()?.block_on(async {
        let listener = runtime::TcpListener::from_std(listener)?;
        on_ours::serve(listener, stop, grace).await
    })?
}

fn on_tokios(listener: TcpListener, stop: Stop, grace: Duration) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        on_tokio::serve(listener, stop, grace).await
    })
}
