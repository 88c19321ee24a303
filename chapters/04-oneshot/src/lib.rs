//! Several threads on one epoll: whoever is free takes the next event.
//!
//! ```text
//!                      ┌── worker 1 ── epoll_wait ── drive ── re-arm ──┐
//!  sockets ── epoll ───┼── worker 2 ── epoll_wait ── drive ── re-arm ──┼── back to epoll
//!                      └── worker 3 ── epoll_wait ── drive ── re-arm ──┘
//! ```
//!
//! While worker 1 reads from a socket, more bytes may come: a new edge, for which the kernel wakes
//! worker 2. Now two threads are on one socket. In C both would change the same buffer; in Rust
//! the [`Mutex`] forbids it, and worker 2 sleeps in the lock, useless to everybody else.
//! `EPOLLONESHOT` prevents it where it begins: an event that has been reported switches its
//! descriptor off, until the worker that has dealt with it re-arms it.
//!
//! What is still wrong: sockets, threads, and what the server is *for* are tangled in every
//! function here, and one lock guards the table of clients for all workers. Chapter 05 takes the
//! three apart, and gives each thread an epoll and clients of its own.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

pub use edge::listen;

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::{panic, thread};

use blocking::after_failed_accept;
use edge::{Exchange, Status};
use level::{Token, names};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use tracing::trace;

/// How many bytes one `read` takes at the most.
const INPUT_SIZE: usize = 16 * 1024;

/// Few: what a worker has taken off the ready list waits for it, even if another worker is idle.
const EVENTS_PER_WAIT: usize = 8;

/// How many connections are accepted before the worker looks at others.
const ACCEPTS_PER_TURN: usize = 64;

/// What epoll hands back for the listener, and for the descriptor that says stop. Tokens count up
/// from 0 and never get here.
const LISTENER: Token = Token::MAX;
const STOP: Token = Token::MAX - 1;

/// Who may work on a connection whose event has been reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arming {
    /// One worker: the event disarms its descriptor until that worker re-arms it.
    Oneshot,
    /// Any worker that hears of the next edge, even while the first is at it; each may then re-arm
    /// for what the other has changed since. For demonstration only.
    Persistent,
}

/// Serves all clients of `listener` with `workers` threads, until `stop` becomes readable. What has
/// not been sent by then is lost; chapter 05 lets it drain.
///
/// Returns how often a worker found another one at the connection it was woken for: never with
/// [`Arming::Oneshot`].
///
/// # Errors
/// If the listener is unusable, or the kernel refuses to watch it, to wait, or to start even one
/// thread.
// ANCHOR: serve
pub fn serve(
    listener: TcpListener,
    workers: usize,
    arming: Arming,
    stop: &impl AsFd,
) -> io::Result<u64> {
    listener.set_nonblocking(true)?;
    let server = Server {
        epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        listener,
        arming,
        clients: Mutex::default(),
        next: AtomicU64::new(0),
        overlaps: AtomicU64::new(0),
        failed: EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?,
    };
    server.watch(
        &server.listener,
        server.flags(EpollFlags::EPOLLIN),
        LISTENER,
    )?;
    // Level-triggered and never read: they wake one worker after the other, until all have gone.
    server.watch(stop, EpollFlags::EPOLLIN, STOP)?;
    server.watch(&server.failed, EpollFlags::EPOLLIN, STOP)?;
    thread::scope(|scope| {
        let mut started = Vec::new();
        for number in 1..=workers {
            let worker = thread::Builder::new().name(format!("worker {number}"));
            match worker.spawn_scoped(scope, || server.work().inspect_err(|_| server.fail())) {
                Ok(worker) => started.push(worker),
                Err(error) if started.is_empty() => return Err(error),
                Err(error) => trace!(call = "clone", %error, "error"), // fewer will do
            }
        }
        for worker in started {
            worker
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        }
        Ok(server.overlaps.load(Ordering::Relaxed))
    })
}
// ANCHOR_END: serve

/// What all workers share.
struct Server {
    epoll: Epoll,
    listener: TcpListener,
    arming: Arming,
    clients: Mutex<HashMap<Token, Arc<Client>>>,
    next: AtomicU64,
    overlaps: AtomicU64,
    /// Readable once a worker has failed: the others have to stop, too.
    failed: EventFd,
}

/// A connection. It is closed when the last worker that holds it lets go, so its descriptor's
/// number can't come back while anybody still means this one.
// ANCHOR: client
struct Client {
    stream: TcpStream,
    exchange: Mutex<Exchange>,
}
// ANCHOR_END: client

impl Server {
    // ANCHOR: work
    fn work(&self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); EVENTS_PER_WAIT];
        let mut input = vec![0; INPUT_SIZE];
        loop {
            trace!(call = "epoll_wait", "wait");
            let ready = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Ok(ready) => ready,
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno.into()),
            };
            trace!(call = "epoll_wait", ready, "wake");
            for event in &events[..ready] {
                match event.data() {
                    STOP => {
                        trace!("stop");
                        return Ok(());
                    }
                    LISTENER => self.accept_all(event.events())?,
                    token => self.drive(token, event.events(), &mut input),
                }
            }
        }
    }
    // ANCHOR_END: work

    /// Tells the other workers that this one has failed.
    fn fail(&self) {
        let _ = self.failed.write(1); // can't fail: there are fewer workers than 2^64
    }

    /// Takes connections until the accept queue is empty, then has the listener watched again.
    fn accept_all(&self, reported: EpollFlags) -> io::Result<()> {
        let listener = self.listener.as_raw_fd();
        trace!(fd = listener, ready = names(reported), "ready");
        for _ in 0..ACCEPTS_PER_TURN {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    trace!(fd = stream.as_raw_fd(), listener, %peer, "accept");
                    if let Err(error) = self.open(stream) {
                        trace!(%error, "error"); // this one is closed, and no other
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace!(fd = listener, call = "accept", "would-block");
                    break;
                }
                Err(error) => {
                    after_failed_accept(&self.listener, error)?;
                    break;
                }
            }
        }
        // Re-arming looks at the queue anew: whoever has come meanwhile, or was left, is reported.
        self.arm(&self.listener, EpollFlags::EPOLLIN, LISTENER)
    }

    fn open(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        let exchange = Exchange::default();
        let flags = self.flags(exchange.interest());
        let client = Arc::new(Client {
            stream,
            exchange: Mutex::new(exchange),
        });
        // First into the map: from `add` on, another worker may hear of it.
        lock(&self.clients).insert(token, Arc::clone(&client));
        let watched = self.watch(&client.stream, flags, token);
        if watched.is_err() {
            lock(&self.clients).remove(&token); // no memory, or too many watched (ENOSPC)
        }
        watched
    }

    /// Gives one connection its turn, then re-arms or closes it.
    // ANCHOR: drive
    fn drive(&self, token: Token, reported: EpollFlags, input: &mut [u8]) {
        let Some(client) = lock(&self.clients).get(&token).cloned() else {
            return; // another worker has closed it; with oneshot, none can have
        };
        let fd = client.stream.as_raw_fd();
        trace!(fd, ready = names(reported), "ready");
        let mut exchange = match client.exchange.try_lock() {
            Ok(exchange) => exchange,
            Err(TryLockError::WouldBlock) => {
                self.overlaps.fetch_add(1, Ordering::Relaxed);
                trace!(fd, call = "lock", "would-block");
                lock(&client.exchange)
            }
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let driven = exchange.drive(&client.stream, input);
        let interest = exchange.interest();
        // Let go first: once it is armed, another worker may want the lock at once.
        drop(exchange);
        let end = match driven {
            // Whoever used up the turn needn't be remembered as in chapter 03: arming asks anew.
            Ok(Status::Waiting | Status::Unfinished) => {
                let armed = self.arm(&client.stream, interest, token);
                armed.err().map(|error| error.to_string())
            }
            Ok(Status::Finished) => Some("served".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(why) = end {
            trace!(fd, why, "close");
            lock(&self.clients).remove(&token);
        }
    }
    // ANCHOR_END: drive

    /// Has `socket` watched from now on.
    fn watch(&self, socket: &impl AsFd, flags: EpollFlags, token: Token) -> io::Result<()> {
        trace!(
            fd = socket.as_fd().as_raw_fd(),
            interest = names(flags),
            "register"
        );
        Ok(self.epoll.add(socket, EpollEvent::new(flags, token))?)
    }

    /// Has `socket` watched again. What is there already is reported at once, so nothing is lost
    /// that came while it was disarmed, or was left because the turn was over.
    // ANCHOR: arm
    fn arm(&self, socket: &impl AsFd, interest: EpollFlags, token: Token) -> io::Result<()> {
        let flags = self.flags(interest);
        trace!(
            fd = socket.as_fd().as_raw_fd(),
            interest = names(flags),
            "re-arm"
        );
        Ok(self
            .epoll
            .modify(socket, &mut EpollEvent::new(flags, token))?)
    }
    // ANCHOR_END: arm

    fn flags(&self, interest: EpollFlags) -> EpollFlags {
        match self.arming {
            Arming::Oneshot => interest | EpollFlags::EPOLLET | EpollFlags::EPOLLONESHOT,
            Arming::Persistent => interest | EpollFlags::EPOLLET,
        }
    }
}

/// A worker's panic would be a bug, and concern what it was at; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
