//! Wrong: puts all the numbers into network order, the family with them.
//! Caught by: the_family_comes_first
//! Says: the number AF_INET in the machine's own order

use std::net::{Ipv4Addr, SocketAddrV4};

/// The family of IPv4 addresses, `AF_INET` in C.
pub const AF_INET: u16 = 2;

/// The bytes of a `sockaddr_in` that says `address`.
#[must_use]
pub fn to_bytes(address: SocketAddrV4) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0..2].copy_from_slice(&AF_INET.to_be_bytes());
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    bytes[4..8].copy_from_slice(&address.ip().octets());
    bytes
}

/// The address that a `sockaddr_in` says, or `None` if these bytes are of another family.
#[must_use]
pub fn from_bytes(bytes: [u8; 16]) -> Option<SocketAddrV4> {
    let [f0, f1, p0, p1, a, b, c, d, ..] = bytes;
    if u16::from_ne_bytes([f0, f1]) != AF_INET {
        return None;
    }
    let port = u16::from_be_bytes([p0, p1]);
    Some(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port))
}
