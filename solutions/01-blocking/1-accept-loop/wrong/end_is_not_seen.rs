//! Wrong: takes the end of file for an empty message, and reads it again and again.
//! Caught by: the_connection_ends_once_the_client_is_done
//! Says: the client has finished sending, and no byte will ever come again

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Serves the clients of `listener`.
///
/// # Errors
///
/// If the listener itself has failed.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        let _ = echo(stream);
    }
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        stream.write_all(&buffer[..count])?;
    }
}
