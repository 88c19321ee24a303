//! A failed write is an everyday event: to a server that only speaks, it is how a client says
//! goodbye. It is final, whatever its name is, and it is about one client: so [`count`] gives up at
//! once, and
//! [`serve`] does not even look at the reason.

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};

/// Counts for the clients of `listener`, one after the other, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        match listener.accept() {
            // ECONNRESET, EPIPE, or ETIMEDOUT where a network died: the client has gone, and the
            // next one waits.
            Ok((stream, _)) => drop(count(stream)),
            // A client that gave up in the queue (accept(2)).
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Counts for one client, until it has gone; that is the error returned.
fn count(mut stream: TcpStream) -> io::Result<()> {
    let mut number: u64 = 1;
    loop {
        // No error is worth a second try: where that helps (EINTR), write_all has done it.
        stream.write_all(format!("{number}\n").as_bytes())?;
        number += 1;
    }
}
