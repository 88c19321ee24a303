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
    for number in 1_u64.. {
        if has_gone(&stream)? {
            return Ok(());
        }
        stream.write_all(format!("{number}\n").as_bytes())?;
    }
    Ok(())
}

fn has_gone(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let seen = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    match seen {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        seen => seen.map(|count| count == 0),
    }
}
