//! The child: it moves bytes from the keyboard to the pipe.

use std::io::{PipeWriter, Write};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::read;

/// How many bytes one `read` takes at the most.
const CHUNK: usize = 4096;

/// Moves bytes until the keyboard ends (end of file, a terminal that hung up) or the pipe has no
/// reader, which means that the parent has gone, however it went.
///
/// It waits for both: a child that slept in `read` would learn of its parent's death with the next
/// key. `poll(2)` takes files, too, which `epoll_ctl(2)` refuses.
///
/// # Errors
/// As `poll(2)` and `read(2)`.
// ANCHOR: relay
pub fn relay(keyboard: impl AsFd, mut pipe: PipeWriter) -> Result<(), Errno> {
    let mut bytes = [0; CHUNK];
    loop {
        let mut ready = [
            PollFd::new(keyboard.as_fd(), PollFlags::POLLIN),
            PollFd::new(pipe.as_fd(), PollFlags::empty()), // POLLERR needs no asking
        ];
        match poll(&mut ready, PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            other => other?,
        };
        if ready[1].any() == Some(true) {
            return Ok(());
        }
        match read(&keyboard, &mut bytes) {
            Ok(0) | Err(Errno::EIO) => return Ok(()),
            Ok(count) => {
                if pipe.write_all(&bytes[..count]).is_err() {
                    return Ok(()); // EPIPE
                }
            }
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}
// ANCHOR_END: relay
