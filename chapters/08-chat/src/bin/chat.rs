//! `cargo run -p ch08-chat --bin chat -- --help`

use std::process::ExitCode;

use ch08_chat::Nick;
use ch08_chat::terminal::{Address, Processes, Settings, run};
use clap::Parser;

/// Where the server is, unless the address says so.
const PORT: u16 = 7000;

/// Talk in the chat room, from a terminal
#[derive(Parser)]
#[command(
    name = "chat",
    after_help = "Examples:\n  just chat                       talks with: just run 08-chat\n  just chat --nick alice localhost:7000\n  printf 'hello\\n' | just chat   says hello, shows the answer, and ends"
)]
struct Options {
    /// Server to talk with: HOST:PORT, or HOST alone for port 7000
    #[arg(value_name = "ADDRESS", default_value = "127.0.0.1:7000", value_parser = address)]
    server: Address,

    /// Name to ask for, after each connect
    #[arg(long, value_name = "NAME", value_parser = nick)]
    nick: Option<String>,

    /// Read the keyboard in the same process that watches the socket
    #[arg(long)]
    one_process: bool,
}

fn address(text: &str) -> Result<Address, String> {
    Address::new(text, PORT)
}

fn nick(name: &str) -> Result<String, String> {
    Nick::new(name).map_err(|unfit| unfit.to_string())?;
    Ok(name.to_owned())
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let processes = if options.one_process {
            Processes::One
        } else {
            Processes::Two
        };
        run(Settings {
            server: options.server,
            nick: options.nick,
            processes,
        })
    })
}
