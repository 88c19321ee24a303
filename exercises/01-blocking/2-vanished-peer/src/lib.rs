//! # 01-2 A peer that vanishes
//!
//! This server counts: each client gets `1`, `2`, `3` and so on, a line each, until it has had
//! enough and goes. Then comes the next client's turn. The server never reads, so there is one way
//! only for it to learn that a client has gone: a write fails.
//!
//! It works as long as nobody goes. Find out what it does then, and mend it:
//!
//! - However a client leaves, the next one is served, from 1 on.
//! - A client that has merely finished sending (half-close) still gets its numbers.
//! - Nothing is written to a client that has gone, and the server uses no CPU time for it.
//!
//! `just check 01-2` tells how far you are.
//!
//! What happens below the code:
//!
//! - A write to a peer that has just closed *succeeds*: the kernel takes the bytes into its send
//!   buffer and sends them. The peer's kernel answers with a reset (RST); from then on writes fail.
//! - They fail with ECONNRESET ([`ErrorKind::ConnectionReset`]) if the reset came out of the blue,
//!   and with EPIPE ([`ErrorKind::BrokenPipe`]) if the peer had finished sending before, or once
//!   the reset has been reported.
//! - In C, a write that fails with EPIPE also raises SIGPIPE, which kills the process that wrote.
//!   Rust's standard library ignores that signal before `main` begins, and sends on sockets with
//!   `MSG_NOSIGNAL`. So all that you get to see is the error.
//!
//! Read: tcp(7), and send(2) under EPIPE and `MSG_NOSIGNAL`.

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};

/// Counts for the clients of `listener`, one after the other, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        count(stream)?;
    }
}

/// Counts for one client, until it has gone.
fn count(mut stream: TcpStream) -> io::Result<()> {
    let mut number: u64 = 1;
    loop {
        match stream.write_all(format!("{number}\n").as_bytes()) {
            Ok(()) => number += 1,
            // The pipe is broken just now: write this number again.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => return Err(error),
        }
    }
}
