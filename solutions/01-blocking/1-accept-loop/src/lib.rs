//! Two loops in two functions. The split is the point: inside [`echo`], `?` ends one client; inside
//! [`serve`], it would end the server. So each error is handled on the level that it is about.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Serves the clients of `listener`, one after the other, for as long as the listener works.
///
/// # Errors
///
/// If the listener itself has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        match listener.accept() {
            // An error in here is that client's end: nobody is left to be told.
            Ok((stream, _)) => drop(echo(stream)),
            // A client that gave up in the queue (accept(2)). Linux rarely says so here: it hands
            // out the dead connection, and the first read fails instead.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Sends back what one client sends, until it has finished sending.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match stream.read(&mut buffer) {
            // End of file, not an error. Read again, and it would say the same for ever.
            Ok(0) => return Ok(()),
            Ok(count) => count,
            // A signal handler ran while we slept (signal(7)); nothing is lost.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        // Only what came just now: behind it lie the bytes of earlier reads.
        stream.write_all(&buffer[..count])?;
    }
}
