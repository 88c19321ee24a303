//! Your server. It grows with the book, in eight stages: book, `your-server.html`.
//!
//! | stage | `--speak` | it is to |
//! | --- | --- | --- |
//! | mine-01 | `lines` | echo lines, for one client after the other |
//! | mine-02 | `lines` | serve many clients in one thread, which sleeps in epoll |
//! | mine-03 | `lines` | watch them edge-triggered, and let no client hold up another |
//! | mine-04 | `lines --workers 4` | share one epoll among several threads |
//! | mine-05 | `lines` | go down gracefully: callbacks, timers, `--grace` |
//! | mine-06 | `http` | serve files and an echo over HTTP/1.1 |
//! | mine-07 | `websocket` | agree to WebSocket at `/ws`, and echo messages |
//! | mine-08 | `chat` | be a chat room for lines and for WebSocket |
//!
//! `just check mine-01` judges it. Make modules beside this file as you like; only the options and the line
//! `listening on ADDRESS` are fixed. A later stage may replace what an earlier one has built, but each
//! `--speak` goes on to work: `just check mine-03` can be asked at any time.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Parser, ValueEnum};

/// My own server
#[derive(Debug, Parser)]
#[command(name = "your-server")]
struct Options {
    /// `--host`, `--port` and `--trace`. `server.open(listen)` opens the listener by your function `listen`,
    /// and prints the line that says where it listens.
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Which protocol to speak
    #[arg(long, value_enum, default_value_t = Protocol::Lines)]
    speak: Protocol,

    /// Threads that wait at one epoll; one without this option
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,

    /// How long output may drain after SIGINT or SIGTERM
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    grace: u16,

    /// Directory to serve
    #[arg(long, default_value = ".", value_name = "DIRECTORY")]
    root: PathBuf,

    /// The longest body of a request that is taken, in bytes
    #[arg(long, default_value_t = 1024 * 1024, value_name = "BYTES")]
    max_body: u64,

    /// The longest message of a WebSocket that is taken, in bytes
    #[arg(long, default_value_t = 64 * 1024 * 1024, value_name = "BYTES")]
    max_message: u64,

    /// Port of the chat's page and of its WebSocket; 0 takes any that is free
    #[arg(long, default_value_t = 7001)]
    web_port: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Protocol {
    Lines,
    Http,
    Websocket,
    Chat,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| match options.speak {
        Protocol::Lines => bail!("your server doesn't speak lines yet: that is stage mine-01"),
        Protocol::Http => bail!("your server doesn't speak HTTP yet: that is stage mine-06"),
        Protocol::Websocket => bail!("your server doesn't speak WebSocket yet: that is mine-07"),
        Protocol::Chat => bail!("your server doesn't chat yet: that is stage mine-08"),
    })
}
