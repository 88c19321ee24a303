//! The program in a process of its own, as its clients see it.

mod answers;
mod bodies;
mod clients;
mod codes;
mod command_line;
mod connections;
mod crowd;
mod deadlines;
mod descriptors;
mod later;
mod limits;
mod pieces;
mod pipelining;
mod reports;
mod requests;
mod sending;
mod site;
mod stopping;
mod streams;
mod trace;

use harness::Server;

/// The program, by whatever name it is called, with `options`.
fn start(options: &[&str]) -> Server {
    let options = [&["--host-name", "*"], options].concat();
    Server::spawn(env!("CARGO_BIN_EXE_ch06-http"), &options)
}
