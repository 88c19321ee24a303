//! The server of this exercise on port 7000, to be looked at.

use std::io;
use std::net::TcpListener;
use std::process;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 7000))?;
    let address = listener.local_addr()?;
    println!("process {} listens on {address}", process::id());
    ex05_6_lost_edge::serve(&listener)
}
