//! `cargo run -p ch03-epoll-et -- --help`

use std::process::ExitCode;

use ch03_epoll_et::{listen, serve};
use clap::Parser;

/// Echo lines in one thread, with edge-triggered epoll
#[derive(Parser)]
#[command(
    name = "03-epoll-et",
    after_help = "Examples:\n  just run 03-epoll-et                 then, elsewhere: nc 127.0.0.1 7000\n  just run 03-epoll-et --trace         shows every edge, and each drain to its would-block"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(|address| listen(address, 1024))?;
        Ok(serve(listener)?)
    })
}
