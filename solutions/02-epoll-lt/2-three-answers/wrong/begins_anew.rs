//! Wrong: empties the input first.
//! Caught by: what_was_there_before_stays
//! Says: What comes now belongs behind it

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
    input.clear();
    let mut chunk = [0; 1024];
    loop {
        match socket.read(&mut chunk) {
            Ok(0) => return Ok(Drained::EndOfFile),
            Ok(count) => input.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Drained::WouldBlock),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
