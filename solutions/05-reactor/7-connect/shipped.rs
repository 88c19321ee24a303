//! # 05-7 Connect
//!
//! A program that has to reach another server knows its name, and a name often has several addresses. Some of
//! them may refuse, and some may not answer at all. A blocking `connect` waits some two minutes for such an
//! address, and meanwhile the thread does nothing else.
//!
//! Write `connect`, which tries several addresses with nonblocking sockets and one epoll:
//!
//! - It begins with the first address. If that isn't decided after [`DELAY`], it tries the next one *as
//!   well*, and so on. The earlier attempts go on, and may still succeed.
//! - If an attempt fails, the next address is tried at once.
//! - The first connection that is made is returned; the others are given up, and their sockets closed.
//! - If all addresses have failed, the error of the last failure is returned. If there are none at all, that
//!   is `ErrorKind::InvalidInput`.
//! - After `within`, all of it is over: `ErrorKind::TimedOut`. That is one time for all addresses, not one for
//!   each.
//! - Between these moments it sleeps in `epoll_wait`.
//! - The stream that is returned is nonblocking.
//!
//! `Socket::connect` of a nonblocking socket returns the error EINPROGRESS: the handshake has begun. The socket
//! becomes writable (OUT) once it is decided, but not only when it has *succeeded*. `Socket::take_error` reads
//! `SO_ERROR`. Register the socket after the call of `connect`: one that hasn't begun reports OUT and HUP.
//!
//! In the tests, an address that doesn't answer is a listener whose accept queue is full: the kernel drops
//! what arrives there.
//!
//! Read: `connect(2)` under EINPROGRESS; `socket(7)`, *`SO_ERROR`*; RFC 8305, section 5.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::epoll::EpollTimeout;

/// How long an address has to answer before the next one is tried as well.
pub const DELAY: Duration = Duration::from_millis(250);

/// Connects to the first of `addresses` that answers, within that time.
///
/// # Errors
///
/// `TimedOut` if none has answered in time; otherwise why the last of them failed. `InvalidInput` if there
/// is no address. And if there are no descriptors left for epoll.
pub fn connect(addresses: &[SocketAddr], within: Duration) -> io::Result<TcpStream> {
    let _ = timeout(within); // to be used where the loop waits
    todo!("connect to one of {addresses:?}")
}

/// So that `epoll_wait` doesn't return before `left` has passed.
fn timeout(left: Duration) -> EpollTimeout {
    let rounded_up = left.saturating_add(Duration::from_millis(1));
    EpollTimeout::try_from(rounded_up).unwrap_or(EpollTimeout::MAX)
}
