//! Wrong: lets errors end the client only, but still writes again after EPIPE.
//! Caught by: a_close_ends_only_its_own_client
//! Says: A broken pipe never mends

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
        let _ = count(stream);
    }
}

fn count(mut stream: TcpStream) -> io::Result<()> {
    let mut number: u64 = 1;
    loop {
        match stream.write_all(format!("{number}\n").as_bytes()) {
            Ok(()) => number += 1,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => return Err(error),
        }
    }
}
