//! Wrong: asks epoll for nothing more about the pipe, and that can't be asked.
//! Caught by: it_sleeps_without_a_keyboard
//! Says: expected  next to no CPU time over 300 ms
//! Says: whatever it is to be watched for

use std::io::{self, PipeReader, Read, Write};
use std::net::{Shutdown, TcpStream};

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
            // Whichever flags it has, a read tells what is there: bytes, the end, or an error.
            if event.data() == KEYBOARD {
                let count = keyboard.read(&mut chunk)?;
                if count == 0 {
                    let mut nothing = EpollEvent::new(EpollFlags::empty(), KEYBOARD);
                    epoll.modify(&keyboard, &mut nothing)?;
                    server.shutdown(Shutdown::Write)?;
                }
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
