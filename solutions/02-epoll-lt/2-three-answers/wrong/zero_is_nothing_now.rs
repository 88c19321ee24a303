//! Wrong: takes the end of file for "nothing now", as document 001 says (claim C105 in the book).
//! Caught by: the_end_of_file_is_seen
//! Says: To wait for more would be to wait for ever

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
            Ok(0) => return Ok(Drained::WouldBlock),
            Ok(count) => input.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Drained::WouldBlock),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
