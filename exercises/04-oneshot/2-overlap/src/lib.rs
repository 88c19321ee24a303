//! # 04-2 Overlapping workers
//!
//! Two workers wait on one epoll; whoever is free takes the next event. They read a client's lines, do some
//! `work` for each, which may take long, and send its result back. `work` is given: in the tests it
//! returns the line itself, but for `slow` it doesn't return before some other client has said `go`.
//!
//! A client that sends `slow` and then `quick` gets the answer to `quick` first. Find out why, and mend it:
//!
//! - A client's lines are answered one by one, in the order in which they came.
//! - Meanwhile the other worker is free, and serves the other clients.
//! - What a client sends while its line is in work is answered afterwards, without another word from it.
//! - It is `EPOLLONESHOT` that sees to all this, at the first line and at each one after it.
//!
//! What happens below the code:
//!
//! - When bytes come, epoll wakes *one* of the threads that wait. When more come, it wakes another one: it
//!   doesn't know that the first is still at it.
//! - `EPOLLONESHOT`: once a descriptor has been reported, it is switched off. It stays registered, and
//!   silent, until `EPOLL_CTL_MOD` ([`Epoll::modify`]) re-arms it. (Document 000 has it added once more:
//!   claim C011 in the book. That fails with EEXIST.)
//! - Re-arming looks at the socket anew: what has come meanwhile is reported at once.
//!
//! Read: `epoll_ctl(2)` on `EPOLLONESHOT` and `EPOLL_CTL_MOD`, epoll(7).

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

/// What clients are watched for.
const INTEREST: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLET);

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
        if self.answer(&client).is_err() {
            lock(&self.clients).remove(&token);
        }
        Ok(())
    }

    /// Answers all the lines that have come from a client; an error is the client's end.
    fn answer(&self, client: &Client) -> io::Result<()> {
        while let Some(lines) = client.read()? {
            for line in lines {
                let answer = (self.work)(&line);
                (&client.stream).write_all(format!("{answer}\n").as_bytes())?;
            }
        }
        Ok(())
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
    /// Reads once: the lines that are complete now, or None if nothing has come.
    fn read(&self) -> io::Result<Option<Vec<String>>> {
        // Two workers that read at the same time would mix up the bytes.
        let mut bytes = lock(&self.unfinished);
        let mut input = [0; 4096];
        match (&self.stream).read(&mut input) {
            Ok(0) => return Err(UnexpectedEof.into()),
            Ok(count) => bytes.extend_from_slice(&input[..count]),
            Err(error) if error.kind() == WouldBlock => return Ok(None),
            Err(error) if error.kind() == Interrupted => {}
            Err(error) => return Err(error),
        }
        let complete = bytes.iter().rposition(|&byte| byte == b'\n');
        let lines: Vec<u8> = bytes.drain(..complete.map_or(0, |at| at + 1)).collect();
        let text = String::from_utf8_lossy(&lines);
        Ok(Some(text.lines().map(str::to_owned).collect()))
    }
}

/// Locks, even if a worker has panicked meanwhile: that was the end of its own client.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
