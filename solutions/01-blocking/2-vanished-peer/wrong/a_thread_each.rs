//! Wrong: gives each client a thread, whose loop never ends once the client has gone.
//! Caught by: nobody_left_means_nothing_to_do
//! Says: it still writes to a client that has gone

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
