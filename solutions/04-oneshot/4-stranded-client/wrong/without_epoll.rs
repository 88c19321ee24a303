//! Wrong: lets the workers sleep in accept.
//! Caught by: free_workers_sleep_in_epoll_wait
//! Says: sleeps in accept4

use std::io::ErrorKind::{ConnectionAborted, WouldBlock};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// How many threads serve a client each.
const WORKERS: u32 = 2;

/// Echoes the bytes of the clients of `listener`, for as long as the listener works.
///
/// # Errors
///
/// If the kernel refuses to watch the listener, or to start the workers; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(false)?;
    thread::scope(|scope| {
        for number in 1..=WORKERS {
            let worker = thread::Builder::new().name(format!("worker {number}"));
            worker.spawn_scoped(scope, || while turn(listener).is_ok() {})?;
        }
        Ok(())
    })
}

/// Serves one client; an error is the end of the worker.
fn turn(listener: &TcpListener) -> io::Result<()> {
    match listener.accept() {
        // Its error is about this client only, and that has gone.
        Ok((stream, _)) => drop(talk(stream)),
        // Another worker was quicker, or the client has given up.
        Err(error) if matches!(error.kind(), WouldBlock | ConnectionAborted) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Echoes until the client leaves. On Linux an accepted socket is a blocking one, even if its listener
/// isn't (accept(2)): the worker sleeps in `read`.
fn talk(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}

