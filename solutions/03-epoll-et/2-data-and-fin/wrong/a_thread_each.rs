use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Serves all clients of `listener`, each in a thread of its own.
///
/// # Errors
///
/// If the listener is unusable.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        thread::spawn(move || talk(stream));
    }
}

fn talk(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    let mut total = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => return stream.write_all(format!("{total}\n").as_bytes()),
            count => total += count,
        }
    }
}
