//! How one TCP socket stands, and how many bytes wait unread or unsent in it: asked of the kernel directly, as
//! `ss` does.
//!
//! `/proc/net/tcp` tells the same, but the kernel walks a table of some 100,000 buckets for it. A
//! client that sends byte by byte asks after each of them.
//!
//! ```text
//! request   16 header │ family, protocol, 2 unused  │ 4 states │ 48 connection
//! answer    16 header │ family, state, timer, tries │ 48 connection │ 4 expires │ 4 unread │ 4 unsent │ 4 user │ 4 inode │ …
//! ```
//!
//! See `sock_diag(7)`: `inet_diag_req_v2`, `inet_diag_msg`.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const AF_NETLINK: i32 = 16;
const NETLINK_SOCK_DIAG: i32 = 4;
const NLM_F_REQUEST: u16 = 1;
const NLMSG_ERROR: u16 = 2;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const IPPROTO_TCP: u8 = 6;

const REQUEST: u32 = 72;
/// Where an answer has what is asked for here.
const KIND: usize = 4;
const ERROR: usize = 16;
const STATE: usize = 17;
const REMOTE_PORT: usize = 22;
const EXPIRES: usize = 68;
const UNREAD: usize = 72;
const UNSENT: usize = 76;
const INODE: usize = 84;
/// `TCP_LISTEN`, as the kernel numbers the states.
const LISTENS: u8 = 10;

/// What the kernel tells of a socket.
pub(crate) struct Found {
    /// Its TCP state, as the kernel numbers them, from 1 on.
    pub(crate) state: u8,
    /// Which timer runs, if not 0.
    pub(crate) timer: u8,
    /// When it will fire.
    pub(crate) expires: Duration,
    /// Bytes that wait unread; of a listener: connections in its accept queue.
    pub(crate) unread: usize,
    /// Bytes written that the peer has not acknowledged; 0 of a listener, whose backlog stands there.
    pub(crate) unsent: usize,
    /// 0 while no process holds the socket, as in an accept queue.
    pub(crate) inode: u64,
}

/// Bytes that wait unread in the TCP socket `local` connected to `remote`; 0 if there is none.
///
/// # Errors
///
/// Where the kernel doesn't answer such questions.
pub(crate) fn unread(local: SocketAddr, remote: SocketAddr) -> io::Result<usize> {
    Ok(look(local, remote)?.map_or(0, |found| found.unread))
}

/// The TCP socket `local` connected to `remote`; the listener `local` where `remote` is port 0.
///
/// # Errors
///
/// Where the kernel doesn't answer such questions.
pub(crate) fn look(local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Found>> {
    let mut kernel = Socket::new(
        Domain::from(AF_NETLINK),
        Type::DGRAM,
        Some(Protocol::from(NETLINK_SOCK_DIAG)),
    )?;
    kernel.set_read_timeout(Some(Duration::from_secs(1)))?;
    kernel.write_all(&request(local, remote))?;
    let mut answer = [0; 4096];
    let size = kernel.read(&mut answer)?;
    parse(&answer[..size], remote.port())
}

fn request(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let mut bytes = Vec::new();
    bytes.extend(REQUEST.to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(NLM_F_REQUEST.to_ne_bytes());
    bytes.extend([0; 8]); // sequence number and sender: one question, one answer
    bytes.extend([family, IPPROTO_TCP, 0, 0]);
    bytes.extend([0xff; 4]); // in any state
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(sixteen_bytes(local.ip()));
    bytes.extend(sixteen_bytes(remote.ip()));
    bytes.extend([0; 4]); // on any interface
    bytes.extend([0xff; 8]); // without a cookie that names one socket
    bytes
}

fn sixteen_bytes(address: IpAddr) -> [u8; 16] {
    let mut bytes = [0; 16];
    match address {
        IpAddr::V4(address) => bytes[..4].copy_from_slice(&address.octets()),
        IpAddr::V6(address) => bytes.copy_from_slice(&address.octets()),
    }
    bytes
}

fn parse(answer: &[u8], remote_port: u16) -> io::Result<Option<Found>> {
    match u16::from_ne_bytes(bytes(answer, KIND)?) {
        SOCK_DIAG_BY_FAMILY => {
            let [state, timer] = bytes(answer, STATE)?;
            let unsent = u32::from_ne_bytes(bytes(answer, UNSENT)?) as usize;
            let found = Found {
                state,
                timer,
                expires: Duration::from_millis(u32::from_ne_bytes(bytes(answer, EXPIRES)?).into()),
                unread: u32::from_ne_bytes(bytes(answer, UNREAD)?) as usize,
                unsent: if state == LISTENS { 0 } else { unsent },
                inode: u32::from_ne_bytes(bytes(answer, INODE)?).into(),
            };
            // Where there is no such connection the kernel tells of its listener instead.
            let to = u16::from_be_bytes(bytes(answer, REMOTE_PORT)?);
            Ok((to == remote_port).then_some(found))
        }
        NLMSG_ERROR => {
            let error = io::Error::from_raw_os_error(-i32::from_ne_bytes(bytes(answer, ERROR)?));
            match error.kind() {
                io::ErrorKind::NotFound => Ok(None),
                _ => Err(error),
            }
        }
        kind => Err(io::Error::other(format!("an answer of kind {kind}"))),
    }
}

/// The `N` bytes that stand at `at`.
fn bytes<const N: usize>(answer: &[u8], at: usize) -> io::Result<[u8; N]> {
    let there = answer
        .get(at..at + N)
        .and_then(|there| there.try_into().ok());
    there.ok_or_else(|| io::Error::other("too short an answer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    fn bytes_wait_until_they_are_read(listener: &TcpListener) {
        let to = listener.local_addr().expect("an address");
        let mut client = TcpStream::connect(to).expect("a connection");
        let from = client.local_addr().expect("an address");
        client.write_all(b"hello\n").expect("room for 6 bytes");
        assert_eq!(unread(to, from).expect("an answer"), 6, "before accept");
        let (mut server, _) = listener.accept().expect("a connection");
        server.read_exact(&mut [0; 4]).expect("4 bytes");
        assert_eq!(unread(to, from).expect("an answer"), 2, "after a read of 4");
        assert_eq!(
            unread(from, to).expect("an answer"),
            0,
            "in the other direction"
        );
    }

    #[test]
    fn bytes_wait_until_they_are_read_over_ipv4() {
        bytes_wait_until_they_are_read(&TcpListener::bind("127.0.0.1:0").expect("a free port"));
    }

    #[test]
    fn bytes_wait_until_they_are_read_over_ipv6() {
        // Many containers have no IPv6.
        if let Ok(listener) = TcpListener::bind("[::1]:0") {
            bytes_wait_until_they_are_read(&listener);
        }
    }

    #[test]
    fn no_bytes_wait_where_there_is_no_connection() {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(unread(nowhere, nowhere).expect("an answer"), 0);
    }
}
