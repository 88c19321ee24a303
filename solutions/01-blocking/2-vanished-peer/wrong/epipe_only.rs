//! Wrong: ends the client at EPIPE, and the server at any other error.
//! Caught by: a_reset_ends_only_its_own_client
//! Says: the server has ended

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};

/// Counts for the clients of `listener`.
///
/// # Errors
///
/// If the listener itself has failed.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        count(stream)?;
    }
}

fn count(mut stream: TcpStream) -> io::Result<()> {
    for number in 1_u64.. {
        match stream.write_all(format!("{number}\n").as_bytes()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            result => result?,
        }
    }
    Ok(())
}
