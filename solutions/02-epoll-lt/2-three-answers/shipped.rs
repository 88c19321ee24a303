//! # 02-2 The three answers of a read
//!
//! A blocking read has two answers: bytes, or the end of file. Where neither is there yet, it sleeps. A
//! nonblocking one never sleeps, so it needs a third answer:
//!
//! | `read` returns | it means | and then |
//! | --- | --- | --- |
//! | `Ok(count)`, more than 0 | bytes have come | there may be more of them |
//! | `Ok(0)` | end of file: the peer has finished sending | nothing will ever come again |
//! | `Err`, [`ErrorKind::WouldBlock`] | nothing is there now | something may come later |
//!
//! In C, the third is -1 with `errno` EAGAIN. It looks like an error, and it is none: it is what most
//! connections of a server answer most of the time.
//!
//! Write [`drain`], which reads from a nonblocking socket all that is there, and says why it stopped:
//!
//! - All bytes go to the end of `input`, in order, and nothing else does. What `input` holds already
//!   stays.
//! - It goes on until the socket has answered `Ok(0)` or `WouldBlock`, and returns which.
//! - [`ErrorKind::Interrupted`] (EINTR: a signal came in between) is no answer at all: ask again.
//! - Any other error is returned, for instance [`ErrorKind::ConnectionReset`]: the peer has cut the
//!   connection. Bytes that came before the error stay in `input`.
//!
//! The line that is given reads once. It treats each `Err` as an error, and that is wrong for two
//! kinds.
//!
//! Document 001 says that a nonblocking read returns 0 where nothing is there (claim C105 in the book);
//! the table says otherwise, and so does the kernel. Read: read(2) under EAGAIN and EINTR.
//!
//! [`ErrorKind::WouldBlock`]: std::io::ErrorKind::WouldBlock
//! [`ErrorKind::Interrupted`]: std::io::ErrorKind::Interrupted
//! [`ErrorKind::ConnectionReset`]: std::io::ErrorKind::ConnectionReset

use std::io::{self, Read};

/// Why [`drain`] stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Nothing more is there now.
    WouldBlock,
    /// Nothing more will ever come.
    EndOfFile,
}

/// Reads all that is there and puts it at the end of `input`.
///
/// # Errors
///
/// Those of `read`, other than `WouldBlock` and `Interrupted`.
pub fn drain(socket: &mut impl Read, input: &mut Vec<u8>) -> io::Result<Drained> {
    let mut chunk = [0; 1024];
    let count = socket.read(&mut chunk)?;
    input.extend_from_slice(&chunk[..count]);
    todo!("go on until nothing more is there, and say why you stopped")
}
