//! Three fields, three rules: the family is a number for this machine's kernel and keeps its order; the
//! port is a number for the wire and is turned round where the machine is little-endian; the address is
//! not treated as a number at all, so there is nothing to turn round.

use std::net::{Ipv4Addr, SocketAddrV4};

/// The family of IPv4 addresses, `AF_INET` in C.
pub const AF_INET: u16 = 2;

/// The bytes of a `sockaddr_in` that says `address`.
#[must_use]
pub fn to_bytes(address: SocketAddrV4) -> [u8; 16] {
    let mut bytes = [0; 16]; // the last eight are padding, and stay zero
    bytes[0..2].copy_from_slice(&AF_INET.to_ne_bytes());
    // What C writes as `htons`. The name of the method says which order comes out, so there is no doubt
    // whether a number has been turned round already: a u16 is just a number, whatever its bytes.
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    bytes[4..8].copy_from_slice(&address.ip().octets());
    bytes
}

/// The address that a `sockaddr_in` says, or `None` if these bytes are of another family.
#[must_use]
pub fn from_bytes(bytes: [u8; 16]) -> Option<SocketAddrV4> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = bytes;
    // First of all: an IPv6 address begins in the same way and goes on differently (ipv6(7)).
    if u16::from_ne_bytes([f0, f1]) != AF_INET {
        return None;
    }
    let port = u16::from_be_bytes([p0, p1]);
    Some(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port))
}
