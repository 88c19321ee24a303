//! How many bytes wait unread in one socket: asked of the kernel directly, as `ss` does.
//!
//! `/proc/net/tcp` tells the same, but the kernel walks a table of some 100,000 buckets for it. A
//! client that sends byte by byte asks after each of them.
//!
//! ```text
//! request   16 header │ family, protocol, 2 unused │ 4 states │ 48 connection
//! answer    16 header │ family, state, 2 unused    │ 48 connection │ 4 │ 4 unread │ …
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
/// Where an answer has the bytes that wait unread.
const UNREAD: usize = 72;

/// Bytes that wait unread in the TCP socket `local` connected to `remote`; 0 if there is none.
///
/// # Errors
///
/// Where the kernel doesn't answer such questions.
pub(crate) fn unread(local: SocketAddr, remote: SocketAddr) -> io::Result<usize> {
    let mut kernel = Socket::new(
        Domain::from(AF_NETLINK),
        Type::DGRAM,
        Some(Protocol::from(NETLINK_SOCK_DIAG)),
    )?;
    kernel.set_read_timeout(Some(Duration::from_secs(1)))?;
    kernel.write_all(&request(local, remote))?;
    let mut answer = [0; 4096];
    let size = kernel.read(&mut answer)?;
    parse(&answer[..size]).ok_or_else(|| io::Error::other("an unknown answer from sock_diag"))
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

fn parse(answer: &[u8]) -> Option<usize> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    match kind {
        SOCK_DIAG_BY_FAMILY => {
            let unread = answer.get(UNREAD..UNREAD + 4)?.try_into().ok()?;
            usize::try_from(u32::from_ne_bytes(unread)).ok()
        }
        NLMSG_ERROR => {
            let error = i32::from_ne_bytes(answer.get(16..20)?.try_into().ok()?);
            let error = io::Error::from_raw_os_error(-error);
            (error.kind() == io::ErrorKind::NotFound).then_some(0)
        }
        _ => None,
    }
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
