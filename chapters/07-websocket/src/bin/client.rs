//! `cargo run -p ch07-websocket --bin client -- ws://localhost:7000/ws`

use std::process::ExitCode;
use std::time::Duration;

use ch07_websocket::{Address, Settings, talk};
use clap::Parser;

/// Send lines over WebSocket, and print what comes back
#[derive(Parser)]
#[command(
    name = "client",
    after_help = "A line /ping sends a Ping, and /close or the end of input closes the connection.\n\nExample:\n  cargo run -p ch07-websocket --bin client -- ws://localhost:7000/ws"
)]
struct Options {
    /// Where the server is
    #[arg(value_name = "ws://HOST:PORT/PATH")]
    address: Address,

    /// Offer this sub-protocol; may be given several times
    #[arg(long, value_name = "NAME")]
    protocol: Vec<String>,

    /// Seconds to wait for each: the name's addresses, the connection, the answer, and the Close
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    patience: u32,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        talk(Settings {
            address: options.address,
            protocols: options.protocol,
            patience: Duration::from_secs(options.patience.into()),
        })
    })
}
