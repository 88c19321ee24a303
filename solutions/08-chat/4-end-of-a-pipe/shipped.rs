//! # 08-4 The end of a pipe
//!
//! Document 004's chat client has two processes. The child waits for the keyboard and writes into a pipe what is
//! typed. The parent waits for two things, with one epoll: what the server says is shown, and what comes through
//! the pipe is sent to the server.
//!
//! [`relay`] is the parent's loop. It works, until the child ends: somebody has typed Ctrl-D, or has killed it. From
//! then on it uses all of a processor, and the server never hears that nothing more will come. (Bug B104 in the
//! book.) Find out why, and mend it:
//!
//! - When the child has ended, what is still in the pipe is sent to the server.
//! - Then the server is told that this was all: `server.shutdown(Shutdown::Write)`.
//! - The server may still have something to say. It is shown, until the server has finished as well. Then
//!   `relay` returns `Ok(())`.
//! - While there is nothing to do, it sleeps, without a time limit, in the one epoll that watches both.
//! - If the connection is lost, that is an error of `relay`.
//!
//! In the tests, the child is the program `cat`. The test itself is the server, and whoever types.
//!
//! Read: `epoll_ctl(2)` on EPOLLHUP, `pipe(7)` under *I/O on pipes and FIFOs*.

use std::io::{self, PipeReader, Read, Write};
use std::net::TcpStream;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const KEYBOARD: u64 = 0;
const SERVER: u64 = 1;

/// Sends what comes from the keyboard to the server, and shows what the server says.
///
/// # Errors
///
/// If the connection is lost, or nothing can be shown.
pub fn relay(
    mut keyboard: PipeReader,
    mut server: &TcpStream,
    mut screen: impl Write,
) -> io::Result<()> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&keyboard, EpollEvent::new(EpollFlags::EPOLLIN, KEYBOARD))?;
    epoll.add(server, EpollEvent::new(EpollFlags::EPOLLIN, SERVER))?;
    let mut events = [EpollEvent::empty(); 2];
    let mut chunk = [0; 1024];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            if !event.events().contains(EpollFlags::EPOLLIN) {
                continue; // nothing to read
            }
            if event.data() == KEYBOARD {
                let count = keyboard.read(&mut chunk)?;
                server.write_all(&chunk[..count])?;
            } else {
                let count = server.read(&mut chunk)?;
                if count == 0 {
                    return Ok(()); // it has finished
                }
                screen.write_all(&chunk[..count])?;
            }
        }
    }
}
