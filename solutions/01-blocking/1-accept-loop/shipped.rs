//! # 01-1 The accept loop
//!
//! Write a server that sends back whatever its clients send. The listener is given: it is bound to
//! an address, and connections already queue up behind it. The rest is yours:
//!
//! - Accept a client. Read what it sends and write the same bytes back at once: a client may wait
//!   for your answer before it sends more.
//! - TCP carries bytes. They need not be text, and no LF need come.
//! - When the client has finished sending, close the connection and accept the next client. One at
//!   a time is enough here.
//! - Clients leave as they like: some close, some cut the connection in the middle of a word. No
//!   client's error may end the server.
//! - A client that says nothing costs nothing: the server sleeps until it does.
//!
//! What you need:
//!
//! - [`TcpListener::accept`] sleeps until a client is there and returns its [`TcpStream`].
//! - [`Read::read`] sleeps until bytes are there and returns how many. It returns `Ok(0)` at the
//!   end: the client has finished sending (end of file).
//! - [`Write::write_all`] sleeps until the kernel has taken all the bytes.
//! - Dropping a [`TcpStream`] closes its connection.
//!
//! `just check 01-1` tells how far you are. Each test starts your `serve` in a process of its own
//! and talks to it as a client. If `serve` hangs, you learn in which call, and what waits for it.
//!
//! [`TcpStream`]: std::net::TcpStream
//! [`Read::read`]: std::io::Read::read
//! [`Write::write_all`]: std::io::Write::write_all

use std::io;
use std::net::TcpListener;

/// Serves the clients of `listener`, one after the other, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    let _ = listener; // yours to use
    todo!("accept a client, serve it, accept the next")
}
