//! `just cost`, or `cargo run --release -p book-cost -- --help`
//!
//! What a stranger can make the servers of chapters 05 to 08 hold and do: [`state`] says into which states
//! connections are brought, [`crowd`] brings so many into one, [`good`] is the client beside them, and
//! [`process`] asks the kernel what the server has. A line for each state, with a verdict.

#![expect(
    clippy::cast_precision_loss,
    reason = "the figures are for people, who read three digits of them"
)]

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod crowd;
mod good;
mod process;
mod row;
mod state;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use row::Row;
use state::State;

/// Bring connections into each state that a stranger can bring them into, and measure what that costs
#[derive(Parser)]
#[command(
    name = "cost",
    after_help = "Builds nothing: `just cost` does. Takes some five seconds for each state."
)]
struct Options {
    /// Connections in a state, unless it needs few
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=18_000))]
    connections: u16,

    /// Only the states of this chapter
    #[arg(long, value_parser = clap::value_parser!(u8).range(5..=8))]
    chapter: Option<u8>,

    /// Only states whose names contain this
    #[arg(long, default_value = "")]
    only: String,

    /// Folder with the servers
    #[arg(long, default_value = "target/release")]
    servers: PathBuf,

    /// Address space that a server may have, in MiB (`prlimit --as`); 0 for no limit
    #[arg(long, default_value_t = 0)]
    address_space: u64,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    println!("{}", Row::HEAD);
    let mut bad = 0;
    for state in State::all() {
        let wanted = options
            .chapter
            .is_none_or(|chapter| chapter == state.chapter);
        if wanted && state.name.contains(&options.only) {
            let row = measure(&options.servers, &state, &options)?;
            bad += u8::from(!row.is_good());
            println!("{row}");
        }
    }
    Ok(ExitCode::from(u8::from(bad > 0)))
}

fn measure(servers: &Path, state: &State, options: &Options) -> Result<Row> {
    let count = state
        .most
        .map_or(options.connections, |most| most.min(options.connections));
    row::measure(servers, state, count.into(), options.address_space)
}
