//! What the experiments share: connections, the kernel's table of TCP sockets, and runs in a
//! process of their own.

use std::any::type_name;
use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Any free port of this machine's loopback address.
pub fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A listener with this backlog, made by the chapter's own function.
pub fn listener(backlog: i32) -> TcpListener {
    ch01_blocking::listen(loopback(), backlog).unwrap()
}

/// Both ends of a connection: the client's and the server's.
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = listener(8);
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

/// Begins to connect, and does not wait for an answer.
pub fn knock(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let _in_progress = socket.connect(&address.into());
    socket
}

/// One end of a connection in the kernel's table.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its state, as `tcp(7)` and RFC 9293 call it.
    pub state: &'static str,
    /// Bytes not read yet; of a listener: connections in its accept queue.
    pub unread: usize,
    /// When the timer that is running will fire; none if none is.
    pub timer: Option<Duration>,
}

/// The states in the order of their numbers in `/proc/net/tcp`, from 1 on.
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
pub fn entry(local: SocketAddr, remote: SocketAddr) -> Option<Entry> {
    let table = fs::read_to_string("/proc/thread-self/net/tcp").unwrap();
    table.lines().skip(1).find_map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        if fields[1] != hex(local) || fields[2] != hex(remote) {
            return None;
        }
        let state = usize::from_str_radix(fields[3], 16).unwrap();
        let (_, unread) = fields[4].split_once(':').unwrap();
        let (running, ticks) = fields[5].split_once(':').unwrap();
        let hundredths = u64::from_str_radix(ticks, 16).unwrap();
        Some(Entry {
            state: STATES[state - 1],
            unread: usize::from_str_radix(unread, 16).unwrap(),
            timer: (running != "00").then(|| Duration::from_millis(hundredths * 10)),
        })
    })
}

/// The far end of a listener, in the table.
const NOBODY: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));

/// How many connections wait in the accept queue of the listener at `address`.
pub fn queued(address: SocketAddr) -> usize {
    entry(address, NOBODY).map_or(0, |listener| listener.unread)
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

/// The state of the end at `local`, or `gone`.
pub fn state(local: SocketAddr, remote: SocketAddr) -> &'static str {
    entry(local, remote).map_or("gone", |entry| entry.state)
}

/// Waits until the end at `local` is in this state.
pub fn until(local: SocketAddr, remote: SocketAddr, wanted: &str) {
    eventually(&format!("{local} to {remote} is {wanted}"), || {
        state(local, remote) == wanted
    });
}

/// Waits until so many connections are in the accept queue of the listener at `address`.
pub fn until_queued(address: SocketAddr, wanted: usize) {
    eventually(&format!("{wanted} are queued at {address}"), || {
        queued(address) == wanted
    });
}

/// Waits until so many bytes are unread at `local`.
pub fn until_unread(local: SocketAddr, remote: SocketAddr, wanted: usize) {
    let unread = || entry(local, remote).is_some_and(|entry| entry.unread == wanted);
    eventually(&format!("{wanted} bytes are unread at {local}"), unread);
}

fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(4);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within 4 s: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Set in a process that runs one experiment alone.
const ALONE: &str = "WORKBOOK_EXPERIMENT_ALONE";

/// Runs `experiment` in a process of its own, started by the shell after `preparation`, for what
/// would disturb the other tests or needs rights that a test has not got. Where the preparation is
/// not possible the test says so and is skipped.
pub fn alone<F: FnOnce()>(preparation: &[&str], experiment: F) {
    if std::env::var_os(ALONE).is_some() {
        experiment();
        return;
    }
    // The closure's type is called after the test it stands in: `claims::states::c092_…::{{closure}}`.
    let test = type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, test) = test.split_once("::").unwrap_or(("", test));
    let prepared = |command: &Path, arguments: &[&str]| {
        let mut words = preparation.iter().map(Path::new).chain([command]);
        let mut started = Command::new(words.next().unwrap());
        started.args(words).args(arguments).env(ALONE, "1").output()
    };
    let trial = prepared(Path::new("true"), &[]);
    if !trial.as_ref().is_ok_and(|trial| trial.status.success()) {
        let reason = trial.map_or_else(
            |error| error.to_string(),
            |trial| {
                String::from_utf8_lossy(&trial.stderr)
                    .trim()
                    .replace('\n', " ")
            },
        );
        let name = test.rsplit("::").next().unwrap_or(test);
        // Written to the descriptor itself: the test harness would swallow a println.
        let _ = writeln!(io::stderr(), "SKIPPED {name}: {reason}");
        return;
    }
    let this = std::env::current_exe().unwrap();
    let output = prepared(&this, &["--exact", test, "--nocapture"]).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "alone, {test} said:\n{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Preparation for [`alone`]: a network of its own, with nothing in it but loopback.
pub const OWN_NETWORK: [&str; 6] = [
    "unshare",
    "-Urn",
    "sh",
    "-c",
    "ip link set lo up && exec \"$@\"",
    "sh",
];

/// Preparation for [`alone`]: at most 40 open descriptors.
pub const FEW_DESCRIPTORS: [&str; 4] = ["sh", "-c", "ulimit -n 40 && exec \"$@\"", "sh"];

/// Sets a parameter of the network this process is in.
pub fn set_parameter(name: &str, value: &str) {
    fs::write(Path::new("/proc/sys/net").join(name), value).unwrap();
}
