//! The kernel's table of TCP sockets, with their states and timers.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::Duration;

use super::until;
use crate::sock_diag;

/// One end of a connection in the kernel's table.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its state, as `tcp(7)` and RFC 9293 call it.
    pub state: &'static str,
    /// Bytes not read yet; of a listener: connections in its accept queue.
    pub unread: usize,
    /// Bytes written that the peer has not acknowledged.
    pub unsent: usize,
    /// When the timer that is running will fire; none if none is.
    pub timer: Option<Duration>,
    /// Whether the peer's window is closed: all that fitted in has been acknowledged, more waits, and
    /// a timer runs to ask again.
    pub probing: bool,
}

/// The timer that runs while a peer's window is closed.
const PROBE: u8 = 4;

/// The states in the order of the kernel's numbers, from 1 on.
const STATES: [&str; 12] = [
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV",
];

/// The end at `local` of its connection with `remote`; nothing if the kernel has forgotten it.
#[must_use]
pub fn entry(local: SocketAddr, remote: SocketAddr) -> Option<Entry> {
    // A kernel that doesn't answer shows all of its table: that takes milliseconds.
    match sock_diag::look(local, remote) {
        Ok(found) => found.map(|found| Entry {
            state: STATES[usize::from(found.state) - 1],
            unread: found.unread,
            unsent: found.unsent,
            timer: (found.timer != 0).then_some(found.expires),
            probing: found.timer == PROBE,
        }),
        Err(_) => row(local, remote),
    }
}

/// The same, from `/proc/net/tcp` (`proc_pid_net(5)`).
fn row(local: SocketAddr, remote: SocketAddr) -> Option<Entry> {
    let table = fs::read_to_string("/proc/thread-self/net/tcp").unwrap();
    table.lines().skip(1).find_map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        if fields[1] != hex(local) || fields[2] != hex(remote) {
            return None;
        }
        let state = usize::from_str_radix(fields[3], 16).unwrap();
        let (unsent, unread) = fields[4].split_once(':').unwrap();
        let (running, ticks) = fields[5].split_once(':').unwrap();
        let hundredths = u64::from_str_radix(ticks, 16).unwrap();
        Some(Entry {
            state: STATES[state - 1],
            unread: usize::from_str_radix(unread, 16).unwrap(),
            unsent: usize::from_str_radix(unsent, 16).unwrap(),
            probing: u8::from_str_radix(running, 16) == Ok(PROBE),
            timer: (running != "00").then(|| Duration::from_millis(hundredths * 10)),
        })
    })
}

/// The table shows an address as the number that its four bytes make in this machine's order.
fn hex(address: SocketAddr) -> String {
    let SocketAddr::V4(address) = address else {
        panic!("only IPv4 is looked up: {address}")
    };
    format!(
        "{:08X}:{:04X}",
        u32::from_ne_bytes(address.ip().octets()),
        address.port()
    )
}

/// The far end of a listener, in the table.
const NOBODY: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));

/// How many connections wait in the accept queue of the listener at `address`.
#[must_use]
pub fn queued(address: SocketAddr) -> usize {
    entry(address, NOBODY).map_or(0, |listener| listener.unread)
}

/// The state of the end at `local`, or `gone`.
#[must_use]
pub fn state(local: SocketAddr, remote: SocketAddr) -> &'static str {
    entry(local, remote).map_or("gone", |entry| entry.state)
}

/// Waits until the end at `local` is in this state.
#[track_caller]
pub fn until_state(local: SocketAddr, remote: SocketAddr, wanted: &str) {
    until(&format!("{local} to {remote} is {wanted}"), || {
        state(local, remote) == wanted
    });
}

/// Waits until so many connections are in the accept queue of the listener at `address`.
#[track_caller]
pub fn until_queued(address: SocketAddr, wanted: usize) {
    until(&format!("{wanted} are queued at {address}"), || {
        queued(address) == wanted
    });
}

/// Waits until so many bytes have come to this end of a connection and are unread.
#[track_caller]
pub fn until_unread(stream: &TcpStream, wanted: usize) {
    until_unread_at(
        stream.local_addr().unwrap(),
        stream.peer_addr().unwrap(),
        wanted,
    );
}

/// The same for the end at `local`, whoever holds it on this machine.
#[track_caller]
pub fn until_unread_at(local: SocketAddr, remote: SocketAddr, wanted: usize) {
    until(&format!("{wanted} bytes are unread at {local}"), || {
        entry(local, remote).is_some_and(|entry| entry.unread == wanted)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{fill, listener, nonblocking_pair};

    #[test]
    fn the_kernels_answer_and_its_table_say_the_same() {
        let (client, server) = nonblocking_pair();
        let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
        let _written = fill(&server);
        let (answer, table) = (entry(here, there).unwrap(), row(here, there).unwrap());
        assert_eq!(answer, table, "the client's end, full of bytes");
        let (answer, table) = (entry(there, here).unwrap(), row(there, here).unwrap());
        assert!(answer.probing && table.probing, "{answer:?}, {table:?}");
        client.shutdown(std::net::Shutdown::Write).unwrap();
        until_state(there, here, "CLOSE_WAIT");
        assert_eq!(row(there, here).unwrap().state, "CLOSE_WAIT");
    }

    #[test]
    fn a_listener_is_not_taken_for_its_connection_that_is_gone() {
        let listener = listener(8);
        let address = listener.local_addr().unwrap();
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!((entry(address, nobody), row(address, nobody)), (None, None));
        assert_eq!(entry(address, NOBODY), row(address, NOBODY));
        assert_eq!(state(address, NOBODY), "LISTEN");
    }
}
