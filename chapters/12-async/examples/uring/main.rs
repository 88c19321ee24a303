//! The line echo by completion: the kernel is asked to receive and to send, and says when it has.
//!
//! `cargo run --release -p ch12-async --example uring -- --help`

mod connection;
mod ring;

use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use ch12_async::listen;
use clap::Parser;
use connection::Connection;
use ring::{Completion, Request, Ring};
use slab::Slab;

/// Echo lines with `io_uring`: accept and receive once, and get a completion for each
#[derive(Parser)]
#[command(name = "uring")]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// Only try whether this process may have a ring
    #[arg(long)]
    probe: bool,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let ring = match Ring::new() {
            Ok(ring) => ring,
            Err(error) => {
                // In most containers it is forbidden, and in some kernels switched off.
                eprintln!("SKIPPED uring: this process gets no io_uring: {error}");
                return Ok(());
            }
        };
        if options.probe {
            return Ok(());
        }
        let listener = options.server.open(|address| listen(address, 1024))?;
        Ok(serve(ring, &listener)?)
    })
}

// ANCHOR: serve
fn serve(mut ring: Ring, listener: &TcpListener) -> io::Result<()> {
    let mut connections: Slab<Connection> = Slab::new();
    ring.accept(listener.as_raw_fd())?;
    loop {
        let mut failed = Ok(());
        ring.turn(|ring, completion| {
            if failed.is_ok() {
                failed = complete(ring, listener, &mut connections, completion);
            }
        })?;
        failed?;
    }
}

fn complete(
    ring: &mut Ring,
    listener: &TcpListener,
    connections: &mut Slab<Connection>,
    completion: Completion<'_>,
) -> io::Result<()> {
    let (Request::Receive(key) | Request::Send(key)) = completion.request else {
        if completion.request == Request::Accept {
            if let Some(stream) = completion.stream {
                let entry = connections.vacant_entry();
                let key = u32::try_from(entry.key()).map_err(io::Error::other)?;
                entry.insert(Connection::new(stream)).start(ring, key)?;
            }
            if !completion.more {
                // Without a free descriptor this fails at once, again and again: it should pause.
                ring.accept(listener.as_raw_fd())?;
            }
        }
        return Ok(());
    };
    let Some(connection) = connections.get_mut(key as usize) else {
        return Ok(());
    };
    if connection.complete(ring, key, completion)? {
        // Neither a receive nor a send is in flight any more: nothing of it can still come.
        connections.remove(key as usize);
    }
    Ok(())
}
// ANCHOR_END: serve
