//! Hosts, and perhaps a port: what a Host field says, and the authority of a target.
//!
//! ```text
//!   example.org:80     [2001:db8::1]:8080     127.0.0.1
//!   └── name ──┘ └ port └─ address ─┘ └ port
//! ```

use std::net::Ipv6Addr;

use super::token::Set;

/// The bytes of a name that stand for themselves: unreserved ones and sub-delims (RFC 3986 §3.2.2).
static NAME: Set = Set::alphanumeric_and(b"-._~!$&'()*+,;=");

/// The bytes of an address of a later version than 6.
static FUTURE: Set = NAME.and(b":");

/// Whether an authority may do without a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    Needed,
    Optional,
}

/// Whether `text` is a host and perhaps a port, as in a Host field. No user's name precedes
/// it (RFC 9110 §4.2.4), and it isn't empty (§4.2.1).
#[inline]
pub(super) fn is_host(text: &[u8]) -> bool {
    is_authority(text, Port::Optional)
}

/// Whether `text` is a host, and a port if it is `Needed`. An optional one may also be a colon
/// without digits (RFC 3986 §3.2.3).
#[inline]
pub(super) fn is_authority(text: &[u8], port: Port) -> bool {
    let length = match text {
        [b'[', ..] => address_len(text),
        _ => name_len(text),
    };
    match &text[length..] {
        _ if length == 0 => false,
        [] | [b':'] => port == Port::Optional,
        [b':', digits @ ..] => is_port(digits),
        _ => false,
    }
}

/// How many bytes at the front of `text` are a name: it may have percent-encoded bytes.
#[inline]
fn name_len(text: &[u8]) -> usize {
    let mut length = NAME.span(text);
    while let [b'%', high, low, ..] = &text[length..]
        && high.is_ascii_hexdigit()
        && low.is_ascii_hexdigit()
    {
        length += 3;
        length += NAME.span(&text[length..]);
    }
    length
}

/// How many bytes at the front of `text` are an address in its brackets, if any.
#[cold]
fn address_len(text: &[u8]) -> usize {
    let end = text.iter().position(|&byte| byte == b']').unwrap_or(0);
    let address = text.get(1..end).unwrap_or_default();
    if is_ipv6(address) || is_future(address) {
        end + 1
    } else {
        0
    }
}

fn is_ipv6(address: &[u8]) -> bool {
    str::from_utf8(address).is_ok_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

/// `v`, a version in hexadecimal digits, a point, and what that version makes of the rest.
fn is_future(address: &[u8]) -> bool {
    let [b'v' | b'V', rest @ ..] = address else {
        return false;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let digits = digits.count();
    match &rest[digits..] {
        [b'.', address @ ..] => digits > 0 && !address.is_empty() && FUTURE.has_all(address),
        _ => false,
    }
}

/// Whether `digits` are a port's number. The grammar sets no limit, but there are ports up to 65535 only.
#[inline]
fn is_port(digits: &[u8]) -> bool {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let number = &digits[zeros..];
    digits.iter().all(u8::is_ascii_digit)
        && (number.len() < 5 || number.len() == 5 && number <= b"65535".as_slice())
}

#[cfg(test)]
mod tests;
