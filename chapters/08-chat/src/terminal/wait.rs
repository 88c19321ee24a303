//! `epoll_wait(2)`.

use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollTimeout};

/// Sleeps until something that `epoll` watches is ready, for `limit` at the most; returns the tokens
/// of what is, and none if it woke for another reason.
///
/// # Errors
/// As `epoll_wait(2)`.
pub fn wait(epoll: &Epoll, limit: Option<Duration>) -> io::Result<Vec<u64>> {
    let timeout = match limit {
        None => EpollTimeout::NONE,
        Some(Duration::ZERO) => EpollTimeout::ZERO,
        // Rounded up: 0.3 ms that are rounded down to 0 would spin.
        Some(limit) => {
            EpollTimeout::try_from(limit + Duration::from_millis(1)).map_err(io::Error::other)?
        }
    };
    let mut events = [EpollEvent::empty(); 4];
    match epoll.wait(&mut events, timeout) {
        // The caller works its limit out anew.
        Err(Errno::EINTR) => Ok(Vec::new()),
        Err(errno) => Err(errno.into()),
        Ok(count) => Ok(events[..count].iter().map(EpollEvent::data).collect()),
    }
}
