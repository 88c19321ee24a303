//! The descriptors of a process: what each is, and what waits in it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::net::SocketAddr;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::events::Watch;
use crate::sock_diag;
use crate::sockets::{State, TcpSocket, tcp_sockets};

/// An open descriptor.
#[derive(Debug)]
pub(crate) enum Descriptor {
    /// A listening socket.
    Listener {
        address: SocketAddr,
        /// Connections in its accept queue.
        waiting: usize,
    },
    /// A TCP connection.
    Connection(TcpSocket),
    /// An epoll and what it watches.
    Epoll(Vec<Watch>),
    /// Anything else, in words.
    Other(String),
}

/// The descriptors of process `pid`, given the TCP sockets around it.
pub(crate) fn descriptors(pid: u32, sockets: &[TcpSocket]) -> BTreeMap<i32, Descriptor> {
    let by_inode: HashMap<u64, &TcpSocket> = sockets
        .iter()
        .map(|socket| (socket.inode, socket))
        .collect();
    fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let fd = entry.file_name().to_str()?.parse().ok()?;
            let target = fs::read_link(entry.path()).ok()?;
            let info =
                || fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
            Some((fd, describe(target.to_str()?, info, &by_inode)))
        })
        .collect()
}

/// How `client`'s connection with the server at `address`, or else the listener there, is watched in process
/// `pid`: its descriptor and each of its watches. `None` if the process has no such descriptor.
pub(crate) fn watched(
    pid: u32,
    address: SocketAddr,
    client: Option<SocketAddr>,
) -> Option<(i32, Vec<Watch>)> {
    let sockets = match one_socket(address, client) {
        Ok(socket) => vec![socket?],
        Err(_) => tcp_sockets(pid), // where the kernel doesn't answer: all of its table
    };
    let all = descriptors(pid, &sockets);
    let (&fd, _) = all.iter().find(|(_, descriptor)| match descriptor {
        Descriptor::Connection(socket) => Some(socket.remote) == client,
        Descriptor::Listener { .. } => client.is_none(),
        _ => false,
    })?;
    let epolls = all.values().filter_map(|descriptor| match descriptor {
        Descriptor::Epoll(watches) => Some(watches),
        _ => None,
    });
    let watches = epolls
        .flatten()
        .copied()
        .filter(|watch| watch.fd == fd)
        .collect();
    Some((fd, watches))
}

/// The server's end of `client`'s connection, or else its listener, as far as it matters here.
fn one_socket(address: SocketAddr, client: Option<SocketAddr>) -> io::Result<Option<TcpSocket>> {
    let nobody = SocketAddr::new(address.ip(), 0);
    let remote = client.unwrap_or(nobody);
    let found = sock_diag::look(address, remote)?;
    Ok(found.map(|found| TcpSocket {
        local: address,
        remote,
        state: match client {
            Some(_) => State::Established,
            None => State::Listening,
        },
        unsent: found.unsent,
        unread: found.unread,
        inode: found.inode,
    }))
}

/// What a link in `/proc/PID/fd` points to, like `socket:[4242]` or `anon_inode:[eventpoll]`.
fn describe(
    target: &str,
    info: impl FnOnce() -> String,
    sockets: &HashMap<u64, &TcpSocket>,
) -> Descriptor {
    if let Some(inode) = target.strip_prefix("socket:[") {
        let inode = inode.trim_end_matches(']').parse().unwrap_or_default();
        return match sockets.get(&inode) {
            Some(TcpSocket {
                state: State::Listening,
                local,
                unread,
                ..
            }) => Descriptor::Listener {
                address: *local,
                waiting: *unread,
            },
            Some(&socket) => Descriptor::Connection(socket.clone()),
            None => Descriptor::Other("socket without a TCP connection".to_owned()),
        };
    }
    match target {
        "anon_inode:[eventpoll]" => Descriptor::Epoll(watches(&info())),
        "anon_inode:[eventfd]" => {
            Descriptor::Other(format!("eventfd, count {}", eventfd_count(&info())))
        }
        "anon_inode:[signalfd]" => Descriptor::Other("signalfd".to_owned()),
        "anon_inode:[timerfd]" => Descriptor::Other("timerfd".to_owned()),
        _ if target.starts_with("pipe:") => Descriptor::Other("pipe".to_owned()),
        _ => Descriptor::Other(target.to_owned()),
    }
}

/// Reads the lines `tfd: 4 events: 19 data: …` of an epoll's `fdinfo` (`proc_pid_fdinfo(5)`).
fn watches(info: &str) -> Vec<Watch> {
    info.lines()
        .filter_map(|line| {
            let mut words = line.strip_prefix("tfd:")?.split_whitespace();
            let fd = words.next()?.parse().ok()?;
            let events = words.skip_while(|word| *word != "events:").nth(1)?;
            Some(Watch {
                fd,
                events: u32::from_str_radix(events, 16).ok()?,
            })
        })
        .collect()
}

/// Reads the line `eventfd-count: 1`, which is hexadecimal.
fn eventfd_count(info: &str) -> u64 {
    info.lines()
        .find_map(|line| line.strip_prefix("eventfd-count:"))
        .and_then(|count| u64::from_str_radix(count.trim(), 16).ok())
        .unwrap_or_default()
}

/// Lets this process open `number` more descriptors, and no others: the next one fails with EMFILE
/// (`RLIMIT_NOFILE`). For an answer, before it begins to serve.
///
/// # Errors
///
/// If the kernel refuses to change the limit.
pub fn leave(number: usize) -> io::Result<()> {
    let is_free = |fd: &u64| fs::symlink_metadata(format!("/proc/self/fd/{fd}")).is_err();
    // The limit is one on the highest number, and the lowest that is free is given out first.
    let limit = (0..).filter(is_free).nth(number).unwrap_or(u64::MAX);
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, limit.min(hard), hard)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events;

    #[test]
    fn an_epoll_tells_what_it_watches() {
        let info = "pos:\t0\nflags:\t02\nmnt_id:\t16\nino:\t1057\n\
                    tfd:        4 events: 80000019 data:                4  pos:0 ino:9b4 sdev:8\n\
                    tfd:       11 events: 40000000 data:                b  pos:0 ino:9b5 sdev:8\n";
        let watches = watches(info);
        assert_eq!(
            watches.iter().map(|watch| watch.fd).collect::<Vec<_>>(),
            [4, 11]
        );
        assert_eq!(events::names(watches[0].events), "IN|ET");
        assert!(watches[1].is_spent());
    }

    #[test]
    fn an_eventfd_tells_its_count() {
        assert_eq!(
            eventfd_count("pos:\t0\neventfd-count:               1f\n"),
            31
        );
    }
}
