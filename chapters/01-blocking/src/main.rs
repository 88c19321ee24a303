//! `cargo run -p ch01-blocking -- --help`

use std::process::ExitCode;

use ch01_blocking::{Clients, listen, serve};
use clap::Parser;

/// Echo lines with a blocking accept loop
#[derive(Parser)]
#[command(
    name = "01-blocking",
    after_help = "Examples:\n  just run 01-blocking                 then, elsewhere: nc 127.0.0.1 7000\n  just run 01-blocking --trace         shows every system call\n  just run 01-blocking --threads --port 9000"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Serve every client in a thread of its own
    #[arg(long)]
    threads: bool,

    /// How many connections may wait to be accepted
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(i32).range(0..))]
    backlog: i32,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options
            .server
            .open(|address| listen(address, options.backlog))?;
        let clients = if options.threads {
            Clients::ThreadEach
        } else {
            Clients::OneByOne
        };
        Ok(serve(&listener, clients)?)
    })
}
