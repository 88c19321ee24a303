//! The lines that every answer begins with: its status and the date.
//!
//! ```text
//!   HTTP/1.1 200 OK CR LF
//!   Date: Sun, 06 Nov 1994 08:49:37 GMT CR LF
//! ```

use super::date::Date;
use crate::Status;

/// Appends a status line and the date (RFC 9112 §4, RFC 9110 §6.6.1).
pub(super) fn start(out: &mut Vec<u8>, status: Status, now: &Date) {
    let code = status.code();
    let digit = |value: u16| b'0' + (value % 10) as u8;
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(&[digit(code / 100), digit(code / 10), digit(code), b' ']);
    out.extend_from_slice(status.reason().as_bytes());
    out.extend_from_slice(b"\r\nDate: ");
    out.extend_from_slice(now.text());
    out.extend_from_slice(b"\r\n");
}
