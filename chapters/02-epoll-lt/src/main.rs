//! `cargo run -p ch02-epoll-lt -- --help`

use std::process::ExitCode;

use ch02_epoll_lt::{Wait, listen, serve};
use clap::{Parser, ValueEnum};

/// Echo lines in one thread, with nonblocking sockets
#[derive(Parser)]
#[command(
    name = "02-epoll-lt",
    after_help = "Examples:\n  just run 02-epoll-lt                 then, in two terminals: nc 127.0.0.1 7000\n  just run 02-epoll-lt --wait select --trace\n  just run 02-epoll-lt --wait spin     and look at its CPU time with: top"
)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// How to learn that a socket is ready
    #[arg(long, value_enum, default_value_t = WaitOption::Epoll)]
    wait: WaitOption,
}

#[derive(Clone, Copy, ValueEnum)]
enum WaitOption {
    Spin,
    Select,
    Poll,
    Epoll,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(|address| listen(address, 1024))?;
        let wait = match options.wait {
            WaitOption::Spin => Wait::Spin,
            WaitOption::Select => Wait::Select,
            WaitOption::Poll => Wait::Poll,
            WaitOption::Epoll => Wait::Epoll,
        };
        Ok(serve(listener, wait)?)
    })
}
