//! The server looks before it watches. Where it says no matters: not in the loop over the set, where
//! the client is connected already and would be forgotten there, but at the door, while it can still be
//! told.
//!
//! It is a limit of the set's type, so all that a program can do is to live with it, or to leave
//! `select`: an array of `pollfd` is as long as it needs to be (poll(2)).

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::sys::select::{FD_SETSIZE, FdSet, select};

/// What a client gets that can't be served.
pub const FULL: &[u8] = b"server full\n";

/// Serves all clients of `listener`, in this thread, for ever.
///
/// # Errors
///
/// If the listener is unusable or the kernel refuses to wait.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut clients: Vec<TcpStream> = Vec::new();
    loop {
        let mut set = FdSet::new();
        set.insert(listener.as_fd());
        for client in &clients {
            set.insert(client.as_fd());
        }
        match select(None, &mut set, None, None, None) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        }
        // The set came back with the ready ones only.
        let is_knocking = set.contains(listener.as_fd());
        let is_ready = |client: &TcpStream| set.contains(client.as_fd());
        let ready: Vec<bool> = clients.iter().map(is_ready).collect();
        let mut ready = ready.into_iter();
        clients.retain(|client| ready.next() != Some(true) || echo(client));
        if is_knocking {
            accept(listener, &mut clients)?;
        }
    }
}

/// Takes one client from the accept queue, if there is one.
fn accept(listener: &TcpListener, clients: &mut Vec<TcpStream>) -> io::Result<()> {
    match listener.accept() {
        Ok((stream, _)) => {
            stream.set_nonblocking(true)?;
            if has_a_place(&stream) {
                clients.push(stream);
            } else {
                // An empty send buffer has room for this. If it fails, the client has gone already.
                let _ = (&stream).write_all(FULL);
            }
            Ok(())
        }
        // The client gave up in the queue, or a signal came.
        Err(error) if is_passing(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the number of this descriptor is that of a bit in the set. How many clients there are says
/// nothing about that: other descriptors have numbers, too.
fn has_a_place(stream: &TcpStream) -> bool {
    usize::try_from(stream.as_raw_fd()).is_ok_and(|number| number < FD_SETSIZE)
}

/// Sends back what a ready client has sent; false if it has left.
fn echo(mut client: &TcpStream) -> bool {
    let mut input = [0; 1024];
    match client.read(&mut input) {
        Ok(0) => false,
        // A client without room for its answer is dropped; chapter 03 knows better.
        Ok(count) => client.write_all(&input[..count]).is_ok(),
        Err(error) => is_passing(&error),
    }
}

fn is_passing(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock)
}
