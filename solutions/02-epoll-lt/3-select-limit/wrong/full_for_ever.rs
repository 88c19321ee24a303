//! Wrong: remembers that the server is full, and forgets that clients leave.
//! Caught by: a_place_that_is_free_again_is_given_out
//! Says: The next client gets this number

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
    let mut is_full = false;
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
        let is_knocking = set.contains(listener.as_fd());
        let is_ready = |client: &TcpStream| set.contains(client.as_fd());
        let ready: Vec<bool> = clients.iter().map(is_ready).collect();
        let mut ready = ready.into_iter();
        clients.retain(|client| ready.next() != Some(true) || echo(client));
        if is_knocking {
            accept(listener, &mut clients, &mut is_full)?;
        }
    }
}

/// Takes one client from the accept queue, if there is one.
fn accept(
    listener: &TcpListener,
    clients: &mut Vec<TcpStream>,
    is_full: &mut bool,
) -> io::Result<()> {
    match listener.accept() {
        Ok((stream, _)) => {
            stream.set_nonblocking(true)?;
            *is_full |= !has_a_place(&stream);
            if !*is_full {
                clients.push(stream);
            } else {
                let _ = (&stream).write_all(FULL);
            }
            Ok(())
        }
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
        Ok(count) => client.write_all(&input[..count]).is_ok(),
        Err(error) => is_passing(&error),
    }
}

fn is_passing(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock)
}
