//! The bytes field by field; then the kernel is asked.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::ops::Range;
use std::os::fd::{AsRawFd, OwnedFd};

use crate::subject::{from_bytes, to_bytes};
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, connect, getpeername,
    getsockname, listen, socket,
};

const BOOK: &str = "01-blocking.html#read-the-code";

#[test]
fn the_family_comes_first() {
    let expected = kernel_bytes(&SockaddrIn::new(192, 0, 2, 7, 8080));
    check(
        "192.0.2.7:8080",
        0..2,
        expected,
        "Bytes 0 and 1 are the family: the number AF_INET in the machine's own order (to_ne_bytes). Only \
         the kernel reads it.",
    );
}

#[test]
fn port_8080_is_1f_90() {
    let expected = kernel_bytes(&SockaddrIn::new(192, 0, 2, 7, 8080));
    check(
        "192.0.2.7:8080",
        2..4,
        expected,
        "Bytes 2 and 3 are the port, big-endian (to_be_bytes): 8080 is 0x1F90. Read from 90 1f, the port \
         would be 0x901F, or 36895.",
    );
}

#[test]
fn an_address_stands_in_the_order_it_is_written() {
    let expected = kernel_bytes(&SockaddrIn::new(192, 0, 2, 7, 8080));
    check(
        "192.0.2.7:8080",
        4..8,
        expected,
        "Bytes 4 to 7 are the address as it is written, 192 first (c0 is 192). Make no number of it on \
         the way, or this machine's byte order comes in.",
    );
}

#[test]
fn the_kernel_writes_the_same_bytes() {
    let listener = TcpListener::bind("127.3.2.1:0").expect("all of 127.0.0.0/8 is this machine");
    let named: SockaddrIn = getsockname(listener.as_raw_fd()).expect("it is bound");
    let address = SocketAddrV4::from(named);
    check(
        &address.to_string(),
        0..16,
        kernel_bytes(&named),
        "The bytes expected are those that getsockname(2) has filled in for a listener on this address.",
    );
}

#[test]
fn connect_finds_the_listener_by_the_bytes() {
    let listener = listener();
    let named: SockaddrIn = getsockname(listener.as_raw_fd()).expect("it is bound");
    let bytes = to_bytes(named.into());
    // Bytes that say another machine's address must not be sent there.
    let result = if said_by(bytes).ip().is_loopback() {
        connect(tcp_socket().as_raw_fd(), &said_by(bytes)).map_err(error)
    } else {
        Err("that is not this machine".to_owned())
    };
    if let Err(error) = result {
        fail(
            &format!(
                "your bytes {}\n\
                 say       {}\n\
                 expected  connect(2) finds the listener on {named}\n\
                 received  {error}",
                hex(&bytes),
                spoken(bytes),
            ),
            "connect takes the bytes at their word: family, port and address decide who is called.",
        );
    }
}

#[test]
fn a_peer_is_read_from_its_bytes() {
    // A listener's port is as good as a client's: here, the server is the peer.
    let listener = listener();
    let expected = listener.local_addr().expect("it is bound");
    let client = TcpStream::connect(expected).expect("nobody else is in the queue");
    let peer: SockaddrIn = getpeername(client.as_raw_fd()).expect("it is connected");
    let bytes = kernel_bytes(&peer);
    let read = from_bytes(bytes);
    if read.map(Into::into) != Some(expected) {
        fail(
            &format!(
                "bytes     {}\n\
                 expected  {expected}, which the client has connected to\n\
                 received  {}",
                hex(&bytes),
                shown(read)
            ),
            "These bytes come from getpeername(2). Read their fields by the rules by which they are \
             written: the port is big-endian (from_be_bytes), the address is as written.",
        );
    }
}

#[test]
fn four_zero_bytes_are_every_address_of_this_machine() {
    let everywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    let bytes = to_bytes(everywhere);
    let listener = tcp_socket();
    if let Err(errno) = bind(listener.as_raw_fd(), &said_by(bytes)) {
        fail(
            &format!(
                "your bytes {}\n\
                 say       {}\n\
                 expected  bind(2) to 0.0.0.0, and any free port\n\
                 received  {}",
                hex(&bytes),
                spoken(bytes),
                error(errno)
            ),
            "Port 0 asks for any free port, address 0.0.0.0 (INADDR_ANY) for all that this machine has.",
        );
    }
    let listener = listening(listener);
    let named: SockaddrIn = getsockname(listener.as_raw_fd()).expect("it is bound");
    let read = from_bytes(kernel_bytes(&named));
    let port = read.map_or(0, |address| address.port());
    for address in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 9, 8, 7)] {
        if let Err(error) = TcpStream::connect((address, port)) {
            fail(
                &format!(
                    "bound to  {named}, which from_bytes reads as {}\n\
                     expected  a connection to {address}, port {port}\n\
                     received  {error}",
                    shown(read)
                ),
                "A listener on 0.0.0.0 (INADDR_ANY) is reached by each address of this machine, on the \
                 port that getsockname(2) tells.",
            );
        }
    }
}

#[test]
fn what_was_written_is_read_back() {
    for text in [
        "0.0.0.0:1",
        "1.2.3.4:255",
        "10.0.0.254:256",
        "255.254.253.252:65534",
    ] {
        let address: SocketAddrV4 = text.parse().expect("an address");
        let bytes = to_bytes(address);
        let read = from_bytes(bytes);
        if read != Some(address) {
            fail(
                &format!(
                    "your bytes {}\nexpected  {address}\nreceived  {}",
                    hex(&bytes),
                    shown(read)
                ),
                "from_bytes should read just what to_bytes has written, for each address and each port.",
            );
        }
    }
}

#[test]
fn another_family_is_refused() {
    let mut bytes = kernel_bytes(&SockaddrIn::new(192, 0, 2, 7, 8080));
    for family in [0_u16, 1, 10] {
        bytes[..2].copy_from_slice(&family.to_ne_bytes());
        let read = from_bytes(bytes);
        if read.is_some() {
            fail(
                &format!(
                    "bytes     {}\nexpected  None\nreceived  {}",
                    hex(&bytes),
                    shown(read)
                ),
                &format!(
                    "The family of these bytes is {family}, not AF_INET. What follows has another layout."
                ),
            );
        }
    }
}

/// Compares one field of `to_bytes` for `address` with the kernel's.
#[track_caller]
fn check(address: &str, field: Range<usize>, expected: [u8; 16], means: &str) {
    let bytes = to_bytes(address.parse().expect("an address"));
    if bytes[field.clone()] == expected[field.clone()] {
        return;
    }
    let at = field.start
        + (0..field.len())
            .take_while(|&at| bytes[field.start + at] == expected[field.start + at])
            .count();
    // Behind the label, three columns a byte, and one more before each field.
    let column = 10 + 3 * at + FIELDS.iter().filter(|&&field| field <= at).count();
    fail(
        &format!(
            "address   {address}\nexpected  {}\nreceived  {}\n{}^ byte {at}",
            hex(&expected),
            hex(&bytes),
            " ".repeat(column)
        ),
        means,
    );
}

/// Where the fields after the first begin.
const FIELDS: [usize; 3] = [2, 4, 8];

/// `02 00  1f 90  7f 00 00 01  00 00 00 00 00 00 00 00`
fn hex(bytes: &[u8; 16]) -> String {
    let byte = |at: usize| {
        let gap = if FIELDS.contains(&at) { " " } else { "" };
        format!("{gap}{:02x}", bytes[at])
    };
    (0..16).map(byte).collect::<Vec<_>>().join(" ")
}

/// The 16 bytes behind an address that the kernel has written, or nix.
fn kernel_bytes(address: &SockaddrIn) -> [u8; 16] {
    let raw = address.as_ref();
    let mut bytes = [0; 16];
    bytes[0..2].copy_from_slice(&raw.sin_family.to_ne_bytes());
    bytes[2..4].copy_from_slice(&raw.sin_port.to_ne_bytes());
    bytes[4..8].copy_from_slice(&raw.sin_addr.s_addr.to_ne_bytes());
    bytes[8..16].copy_from_slice(&raw.sin_zero);
    bytes
}

/// The other way: an address whose memory is `bytes`, to be given to a system call.
fn said_by(bytes: [u8; 16]) -> SockaddrIn {
    let mut raw = *SockaddrIn::new(0, 0, 0, 0, 0).as_ref();
    let [f0, f1, p0, p1, a0, a1, a2, a3, zero @ ..] = bytes;
    raw.sin_family = u16::from_ne_bytes([f0, f1]);
    raw.sin_port = u16::from_ne_bytes([p0, p1]);
    raw.sin_addr.s_addr = u32::from_ne_bytes([a0, a1, a2, a3]);
    raw.sin_zero = zero;
    raw.into()
}

/// What `bytes` say, in words.
fn spoken(bytes: [u8; 16]) -> String {
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    format!("family {family}, {}", said_by(bytes))
}

/// A listener on a port that reads differently from the other end.
fn listener() -> TcpListener {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let [big, little] = listener
            .local_addr()
            .expect("it is bound")
            .port()
            .to_be_bytes();
        if big != little {
            return listener;
        }
    }
}

fn tcp_socket() -> OwnedFd {
    socket(
        AddressFamily::Inet,
        SockType::Stream,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .expect("a socket")
}

fn listening(socket: OwnedFd) -> TcpListener {
    listen(&socket, Backlog::new(8).expect("8 is allowed")).expect("it is bound");
    socket.into()
}

fn shown(address: Option<SocketAddrV4>) -> String {
    address.map_or("None".to_owned(), |address| address.to_string())
}

fn error(errno: Errno) -> String {
    format!("{errno:?}: {}", errno.desc())
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(facts: &str, means: &str) -> ! {
    panic!("{facts}\nit means  {means}\nread      book: {BOOK}");
}
