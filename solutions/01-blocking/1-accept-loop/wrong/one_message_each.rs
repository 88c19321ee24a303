//! Wrong: reads once per accept, and sleeps in accept while the client goes on speaking.
//! Caught by: a_client_may_speak_many_times
//! Says: sleeps in accept4
//! Says: 4 bytes wait unread

use std::io::{self, Read, Write};
use std::net::TcpListener;

/// Serves the clients of `listener`.
///
/// # Errors
///
/// If the listener itself has failed.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    let mut clients = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let (mut stream, _) = listener.accept()?;
        if let Ok(count) = stream.read(&mut buffer) {
            let _ = stream.write_all(&buffer[..count]);
        }
        clients.push(stream); // so that it stays open
    }
}
