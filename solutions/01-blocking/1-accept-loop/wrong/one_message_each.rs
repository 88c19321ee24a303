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
