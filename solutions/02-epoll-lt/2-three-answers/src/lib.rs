//! Five arms. Two of them go round once more, two are answers, one is an error.
//!
//! As a server's read this has one weakness: a peer that sends as fast as we read keeps us here, and
//! makes `input` grow without bound. Chapter 02 reads once per wake-up instead, and chapter 03, which
//! has to drain, counts what it has read and lets the others have their turn.

use std::io::{self, ErrorKind, Read};

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
    loop {
        match socket.read(&mut chunk) {
            Ok(0) => return Ok(Drained::EndOfFile),
            // Not the end, even where the chunk isn't full: a FIN may be queued right behind.
            Ok(count) => input.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Drained::WouldBlock),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
