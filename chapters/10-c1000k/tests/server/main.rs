//! The program in a process of its own.

mod broadcast;
mod doctor;
mod tables;

use harness::Server;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ch10-c1000k");

/// The program, with `options`, and at most so many `descriptors` in each table.
fn start_with(descriptors: usize, options: &[&str]) -> Server {
    let limited = format!("ulimit -n {descriptors} && exec \"$0\" \"$@\"");
    let options = [&["-c", &limited, PROGRAM], options].concat();
    Server::spawn("sh", &options)
}
