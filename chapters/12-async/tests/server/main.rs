//! The program in a process of its own, on either runtime: signals, limits, greedy clients, memory.

mod crowd;
mod descriptors;
mod greedy_clients;
mod signals;

use harness::Server;

/// Both runtimes.
const BOTH: [&str; 2] = ["ours", "tokio"];

/// The program on `runtime`, with `options`.
fn start(runtime: &str, options: &[&str]) -> Server {
    let options = [&["--on", runtime], options].concat();
    Server::spawn(env!("CARGO_BIN_EXE_ch12-async"), &options)
}
