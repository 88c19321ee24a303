//! The program in a process of its own: signals, limits of the process, memory, trace.

mod command_line;
mod crowd;
mod descriptors;
mod signals;
mod spinning;
mod trace;

use harness::Server;

/// The program, with `options`.
fn start(options: &[&str]) -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch05-reactor"), options)
}
