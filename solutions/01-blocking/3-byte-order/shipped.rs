//! # 01-3 Byte order and addresses
//!
//! `bind(2)`, `connect(2)` and `accept(2)` know no `127.0.0.1:8080`. The program and the kernel hand each
//! other 16 bytes instead, which C calls a `sockaddr_in` (ip(7)):
//!
//! ```text
//!  byte   0      2      4                8                              16
//!         ├──────┼──────┼────────────────┼───────────────────────────────┤
//!         family  port   address          zeros
//!         native  big-   as written:      (not used)
//!         order   endian 127, 0, 0, 1
//! ```
//!
//! Write both ways: [`to_bytes`] builds these bytes, [`from_bytes`] reads them. The standard library does
//! this for you in every call; here you do it once by hand.
//!
//! Byte order is a question about numbers that are longer than a byte: which of a number's bytes comes
//! first, at the lowest place in memory? It says nothing about the places themselves.
//!
//! - The number 8080 is 0x1F90. *Big-endian*, as in a TCP header, it is the bytes `1f 90`: the big end
//!   first. This is also called network order.
//! - *Little-endian*, as in the memory of a PC, it is `90 1f`. The kernel, which reads a port as
//!   big-endian, takes that for 0x901F: a server meant for port 8080 then listens on 36895.
//! - The family is a number, too, but it never leaves this machine: it is in *native* order, whichever
//!   that is.
//! - The four bytes of an IPv4 address are written in the order in which they are sent: 127 first.
//!   `INADDR_ANY`, four zeros, means every address of this machine; and zeros look the same in any order.
//!
//! The tests compare your bytes with those that the kernel itself writes, and give yours to a real
//! `bind` and `connect`. Read: ip(7) under "Address format", byteorder(3).

use std::net::SocketAddrV4;

/// The family of IPv4 addresses, `AF_INET` in C.
pub const AF_INET: u16 = 2;

/// The bytes of a `sockaddr_in` that says `address`.
#[must_use]
pub fn to_bytes(address: SocketAddrV4) -> [u8; 16] {
    let _ = address; // yours to use
    todo!("family, port, address, and eight zeros")
}

/// The address that a `sockaddr_in` says, or `None` if these bytes are of another family.
#[must_use]
pub fn from_bytes(bytes: [u8; 16]) -> Option<SocketAddrV4> {
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    if family != AF_INET {
        return None;
    }
    todo!("port and address")
}
