use std::io::{self, Write};
use std::net::TcpListener;
use std::thread;

/// Counts for the clients of `listener`.
///
/// # Errors
///
/// If the listener itself has failed.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        thread::spawn(move || {
            for number in 1_u64.. {
                let _ = stream.write_all(format!("{number}\n").as_bytes());
            }
        });
    }
}
