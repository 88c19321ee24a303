use std::io::{self, Write};
use std::net::TcpListener;

/// Counts for the clients of `listener`.
///
/// # Errors
///
/// If the listener itself has failed.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        for number in 1_u64.. {
            if stream.write_all(format!("{number}\n").as_bytes()).is_err() {
                return Ok(());
            }
        }
    }
}
