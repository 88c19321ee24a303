//! # 02-3 The limit of select
//!
//! This server waits with `select(2)` and sends back what its clients send. It works, until one day it
//! is gone, and with it all its clients. Find out when that happens, and mend it:
//!
//! - A client that `select` can't watch is told so: it gets [`FULL`], and then its connection ends.
//! - All the others are served on as if nothing had happened, whatever becomes of that client.
//! - Once a client has left, its place is free for the next.
//! - Keep `select`, and sleep in it: while nothing comes, there is nothing to do.
//!
//! `select` gets a set of descriptors: a field of bits, in which the descriptor's number is the number
//! of its bit. The set that C libraries and nix offer has `FD_SETSIZE` bits, 1,024, on Linux: that is a
//! part of its type, and neither `ulimit -n` nor another kernel makes it longer. A descriptor beyond it
//! has no bit, however few descriptors are in the set.
//!
//! - In C, `FD_SET(1024, &set)` writes beside the set, over whatever is there. (Some C libraries look
//!   and end the program.)
//! - nix's [`FdSet::insert`] looks, too, and panics.
//!
//! Document 000 takes this for a limit of the kernel, which one would have to compile anew (claim C015 in
//! the book); others speak of 1,024 connections. But files, pipes and the listener take numbers, too: the
//! tests open a thousand files in the server before it starts, so that few clients are enough. The kernel
//! gives out the lowest number that is free.
//!
//! Read: select(2) under "Bugs", open(2) on the lowest number. The way out is `poll(2)` or epoll(7), but
//! not today.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::sys::select::{FdSet, select};

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
            clients.push(stream);
            Ok(())
        }
        // The client gave up in the queue, or a signal came.
        Err(error) if is_passing(&error) => Ok(()),
        Err(error) => Err(error),
    }
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
