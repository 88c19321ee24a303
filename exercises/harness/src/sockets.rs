//! The kernel's table of TCP sockets: who is connected to whom, and what waits in the queues.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process;

use crate::sock_diag;

/// A socket's row in `/proc/PID/net/tcp` (`proc_pid_net(5)`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TcpSocket {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) state: State,
    /// Bytes written that the peer has not acknowledged.
    pub(crate) unsent: usize,
    /// Bytes received that the process has not read; of a listener: connections in its accept queue.
    pub(crate) unread: usize,
    /// 0 while nobody holds the socket, as in an accept queue.
    pub(crate) inode: u64,
}

/// The TCP states that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Listening,
    /// Both sides may send.
    Established,
    /// The peer has finished sending, this side has not closed.
    CloseWait,
    /// Any other: opening, closing, closed.
    Other,
}

/// How a row of a socket in `TIME_WAIT` is told from others: only a state is written with two digits.
const TIME_WAIT: &str = " 06 ";

/// All TCP sockets in the network namespace of process `pid`, without those in `TIME_WAIT`: no process holds
/// one, and there may be ten thousands.
pub(crate) fn tcp_sockets(pid: u32) -> Vec<TcpSocket> {
    ["tcp", "tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).ok())
        .flat_map(|table| {
            let rows = table.lines().skip(1);
            let held = rows.filter(|row| !row.contains(TIME_WAIT));
            held.filter_map(parse).collect::<Vec<_>>()
        })
        .collect()
}

/// Bytes that have come from `client` and that the server's side has not read.
///
/// On loopback they arrive while they are sent. (That the client's side waits for an
/// acknowledgement says nothing: it may come 40 ms later.)
pub(crate) fn unread_by_server(client: SocketAddr, server: SocketAddr) -> usize {
    sock_diag::unread(server, client).unwrap_or_else(|_| {
        tcp_sockets(process::id())
            .iter()
            .find(|socket| (socket.local, socket.remote) == (server, client))
            .map_or(0, |socket| socket.unread)
    })
}

/// Reads a row like `0: 0100007F:1F90 0100007F:C350 01 00000000:00000006 … INODE …`.
fn parse(row: &str) -> Option<TcpSocket> {
    let fields: Vec<&str> = row.split_whitespace().collect();
    let (unsent, unread) = fields.get(4)?.split_once(':')?;
    let state = match *fields.get(3)? {
        "01" => State::Established,
        "08" => State::CloseWait,
        "0A" => State::Listening,
        _ => State::Other,
    };
    let unread = usize::from_str_radix(unread, 16).ok()?;
    Some(TcpSocket {
        local: parse_address(fields.get(1)?)?,
        remote: parse_address(fields.get(2)?)?,
        state,
        unsent: usize::from_str_radix(unsent, 16).ok()?,
        // The end of file counts as a byte until it has been read.
        unread: unread.saturating_sub(usize::from(state == State::CloseWait)),
        inode: fields.get(9)?.parse().ok()?,
    })
}

/// Reads `0100007F:1F90`: words of four bytes in the machine's order, then the port.
fn parse_address(field: &str) -> Option<SocketAddr> {
    let (address, port) = field.split_once(':')?;
    let mut bytes = Vec::new();
    for at in (0..address.len()).step_by(8) {
        let word = u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match bytes.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        16 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

#[cfg(test)]
#[cfg(target_endian = "little")]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_addresses_state_queues_and_inode() {
        let row = "   1: 0100007F:1F90 0100007F:C350 08 0000000A:00000006 00:00000000 00000000     \
                   0        0 4242 1 000000001899fdbb 20 4 30 10 -1";
        let socket = parse(row).expect("a well-formed row");
        assert_eq!(socket.local, "127.0.0.1:8080".parse().expect("an address"));
        assert_eq!(
            socket.remote,
            "127.0.0.1:50000".parse().expect("an address")
        );
        assert_eq!(socket.state, State::CloseWait);
        assert_eq!((socket.unsent, socket.unread, socket.inode), (10, 5, 4242));
    }

    #[test]
    fn an_ipv6_address_is_read_and_a_mapped_one_is_shown_as_ipv4() {
        let loopback = parse_address("00000000000000000000000001000000:0050").expect("an address");
        assert_eq!(loopback, "[::1]:80".parse().expect("an address"));
        let mapped = parse_address("0000000000000000FFFF00000100007F:0050").expect("an address");
        assert_eq!(mapped, "127.0.0.1:80".parse().expect("an address"));
    }

    #[test]
    fn a_garbled_row_is_skipped() {
        assert_eq!(parse("sl local_address"), None);
        assert_eq!(parse("0: ZZ:1 0:0 01 0:0 0 0 0 0 0 0"), None);
    }
}
