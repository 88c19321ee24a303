//! The thundering herd: several workers wait for one listener. Whom does a new connection wake?
//!
//! `cargo run --release -p ch04-oneshot --example herd -- [CONNECTIONS] [WORKERS]`

use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI64, Ordering};
use std::{env, thread};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::resource::{UsageWho, getrusage};

/// Whose the epoll is: all workers wait on one, or each on its own.
#[derive(Clone, Copy)]
pub(crate) enum Epolls {
    Shared,
    Each,
}

const LEVEL: EpollFlags = EpollFlags::EPOLLIN;
const ONESHOT: EpollFlags = LEVEL.union(EpollFlags::EPOLLONESHOT);
const EXCLUSIVE: EpollFlags = LEVEL.union(EpollFlags::EPOLLEXCLUSIVE);

/// A way to wait: its name, whose the epoll is, and the listener's flags in it.
pub(crate) type Way = (&'static str, Epolls, EpollFlags);

/// All ways. In each, one event is followed by one `accept`.
pub(crate) const WAYS: [Way; 4] = [
    ("one epoll, level-triggered", Epolls::Shared, LEVEL),
    ("one epoll, EPOLLONESHOT", Epolls::Shared, ONESHOT),
    ("an epoll each, level-triggered", Epolls::Each, LEVEL),
    ("an epoll each, EPOLLEXCLUSIVE", Epolls::Each, EXCLUSIVE),
];

/// What happened to all workers together.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// How often a sleeping thread was woken. The kernel may see that another one was faster, and
    /// let it sleep on: then `epoll_wait` doesn't return.
    pub(crate) woken: AtomicI64,
    /// How often `epoll_wait` told of the listener.
    pub(crate) told: AtomicI64,
    /// How often there was nothing to accept then.
    pub(crate) in_vain: AtomicI64,
}

const LISTENER: u64 = 0;
const STOP: u64 = 1;

/// Lets `connections` clients come, one after the other, while `workers` threads wait for them.
pub(crate) fn herd(
    (_, epolls, flags): Way,
    connections: usize,
    workers: usize,
) -> io::Result<Count> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let (stop, stopped) = UnixStream::pair()?;
    let new_epoll = |_| {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(flags, LISTENER))?;
        epoll.add(&stopped, EpollEvent::new(EpollFlags::EPOLLIN, STOP))?;
        Ok(epoll)
    };
    let number = match epolls {
        Epolls::Shared => 1,
        Epolls::Each => workers,
    };
    let epolls = (0..number).map(new_epoll).collect::<io::Result<Vec<_>>>()?;
    let count = Count::default();
    thread::scope(|scope| {
        for epoll in epolls.iter().cycle().take(workers) {
            scope.spawn(|| work(epoll, &listener, flags, &count).expect("the worker goes on"));
        }
        for _ in 0..connections {
            TcpStream::connect(listener.local_addr()?)?.read_to_end(&mut Vec::new())?;
        }
        drop(stop); // end of file: `stopped` is readable, and stays so for all
        io::Result::Ok(())
    })?;
    Ok(count)
}

fn work(epoll: &Epoll, listener: &TcpListener, flags: EpollFlags, count: &Count) -> io::Result<()> {
    while next(epoll)? == LISTENER {
        count.told.fetch_add(1, Ordering::Relaxed);
        match listener.accept() {
            Ok(client) => drop(client), // served: it was only to be accepted
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                count.in_vain.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => return Err(error),
        }
        if flags == ONESHOT {
            epoll.modify(listener, &mut EpollEvent::new(flags, LISTENER))?;
        }
    }
    // A thread that goes to sleep switches to another one of its own accord.
    let slept = getrusage(UsageWho::RUSAGE_THREAD)?.voluntary_context_switches();
    count.woken.fetch_add(slept, Ordering::Relaxed);
    Ok(())
}

/// What the next event is about.
fn next(epoll: &Epoll) -> nix::Result<u64> {
    let mut events = [EpollEvent::empty()];
    loop {
        match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => {} // as after a stop (signal(7))
            result => return result.map(|_| events[0].data()),
        }
    }
}

fn main() -> io::Result<()> {
    let mut numbers = env::args().skip(1).map_while(|text| text.parse().ok());
    let connections = numbers.next().unwrap_or(10_000);
    let workers = numbers.next().unwrap_or(4);
    println!("{connections} connections, one after the other, and {workers} workers:\n");
    println!("{:32}{:>9}{:>9}{:>9}", "", "woken", "told", "in vain");
    for way in WAYS {
        let count = herd(way, connections, workers)?;
        print!("{:32}", way.0);
        for number in [count.woken, count.told, count.in_vain] {
            print!("{:>9}", number.into_inner());
        }
        println!();
    }
    Ok(())
}
