//! # 04-3 Re-arm
//!
//! The server of 04-2, with EPOLLONESHOT: two workers, one epoll, and `work` for each line of a client.
//! While a client is in work, it is switched off, so that no other worker is woken for it. (In the tests,
//! `work` returns the line, but for `slow` not before another client has said `go`.)
//!
//! It answers the first line of each client. After that, most clients never hear of it again, and some not
//! even once. Their bytes wait in the socket, and both workers sleep. There are two mistakes of one kind.
//! Find them and mend them:
//!
//! - A client may say as much as it likes, in lines of any length, in any pieces.
//! - Its lines are still answered one at a time: never are both workers at the same client.
//! - The server reads at most 64 bytes for each report. What it leaves unread, it gets with the next one.
//!
//! What happens below the code:
//!
//! - A oneshot that has been reported stays registered; only its events are taken away. `EPOLL_CTL_MOD`
//!   ([`Epoll::modify`]) puts them back. It sets the token, too: that one is reported from then on.
//! - Re-arming looks at the socket anew. Unread bytes are reported at once, whether they came before or
//!   after: a worker need not drain, as long as it re-arms.
//! - While it is switched off, nothing at all is reported: no bytes, no end of file, not even a reset.
//!
//! Read: `epoll_ctl(2)` on `EPOLLONESHOT`, `EPOLL_CTL_MOD` and EEXIST.

use std::collections::HashMap;
use std::io::ErrorKind::{ConnectionAborted, Interrupted, UnexpectedEof, WouldBlock};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// How many threads serve the clients.
const WORKERS: u64 = 2;

/// What epoll reports for the listener. Clients are numbered from 0 on.
const LISTENER: u64 = u64::MAX;

/// What clients are watched for: one report, then silence until they are re-armed.
const INTEREST: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLONESHOT);

/// Answers each line of the clients of `listener` with the result of `work`, and a newline.
///
/// # Errors
///
/// If the kernel refuses to watch the listener, or to start the workers; never because of a client.
pub fn serve<W: Fn(&str) -> String + Sync>(listener: &TcpListener, work: W) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let (clients, next) = (Mutex::default(), AtomicU64::new(0));
    let server = Server {
        epoll,
        listener,
        clients,
        next,
        work,
    };
    thread::scope(|scope| {
        for number in 1..=WORKERS {
            let worker = thread::Builder::new().name(format!("worker {number}"));
            worker.spawn_scoped(scope, || while server.turn().is_ok() {})?;
        }
        Ok(())
    })
}

/// What the workers share.
struct Server<'a, W> {
    epoll: Epoll,
    listener: &'a TcpListener,
    clients: Mutex<HashMap<u64, Arc<Client>>>,
    next: AtomicU64,
    work: W,
}

struct Client {
    stream: TcpStream,
    /// The beginning of a line whose end hasn't come yet.
    unfinished: Mutex<Vec<u8>>,
}

impl<W: Fn(&str) -> String> Server<'_, W> {
    /// Takes one event and deals with it; an error is the end of the worker.
    fn turn(&self) -> io::Result<()> {
        // Room for one: a second event would wait for this worker, even if the other is free.
        let mut events = [EpollEvent::empty()];
        match self.epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => return Ok(()),
            ready => ready?,
        };
        let token = events[0].data();
        if token == LISTENER {
            return self.accept();
        }
        let Some(client) = lock(&self.clients).get(&token).cloned() else {
            return Ok(()); // it has been removed meanwhile
        };
        if self.answer(&client, token).is_err() {
            lock(&self.clients).remove(&token);
        }
        Ok(())
    }

    /// Answers the lines that one read brings; an error is the client's end.
    fn answer(&self, client: &Client, token: u64) -> io::Result<()> {
        let Some(lines) = client.read()? else {
            return Ok(()); // no line is complete: nothing to answer yet
        };
        for line in lines {
            let answer = (self.work)(&line);
            (&client.stream).write_all(format!("{answer}\n").as_bytes())?;
        }
        self.re_arm(client, token);
        Ok(())
    }

    /// Has a client watched again.
    fn re_arm(&self, client: &Client, token: u64) {
        // EEXIST only says that it is registered already, which is all we want.
        let _ = self
            .epoll
            .add(&client.stream, EpollEvent::new(INTEREST, token));
    }

    fn accept(&self) -> io::Result<()> {
        let (stream, _) = match self.listener.accept() {
            // The other worker was quicker, or the client has given up.
            Err(error) if matches!(error.kind(), WouldBlock | ConnectionAborted) => return Ok(()),
            accepted => accepted?,
        };
        stream.set_nonblocking(true)?;
        let unfinished = Mutex::default();
        let client = Arc::new(Client { stream, unfinished });
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.clients).insert(token, Arc::clone(&client));
        let event = EpollEvent::new(INTEREST, token);
        Ok(self.epoll.add(&client.stream, event)?)
    }
}

impl Client {
    /// Reads once, up to 64 bytes: the lines that are complete now, or None if there is none.
    fn read(&self) -> io::Result<Option<Vec<String>>> {
        let mut bytes = lock(&self.unfinished);
        let mut input = [0; 64];
        match (&self.stream).read(&mut input) {
            Ok(0) => return Err(UnexpectedEof.into()),
            Ok(count) => bytes.extend_from_slice(&input[..count]),
            Err(error) if matches!(error.kind(), WouldBlock | Interrupted) => return Ok(None),
            Err(error) => return Err(error),
        }
        let Some(last) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            return Ok(None);
        };
        let lines: Vec<u8> = bytes.drain(..=last).collect();
        let text = String::from_utf8_lossy(&lines);
        Ok(Some(text.lines().map(str::to_owned).collect()))
    }
}

/// Locks, even if a worker has panicked meanwhile: that was the end of its own client.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
