//! Where the library comes from: an event loop of function pointers, one per descriptor.
//!
//! ```text
//!   accept_cb ──► new descriptor: recv_cb ◄──── watch OUT, watch IN ────► send_cb
//! ```
//!
//! Reactors in C often have this shape. Where it cheats, the library doesn't: a slot may change its
//! tenant before the last one's events are over (`connection.rs`); without descriptors it spins
//! (`accept.rs`); each message changes what epoll watches for twice (`answer.rs`); no timer, no
//! signal and no other thread gets a word in; and it echoes bytes, not lines.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use clap::Parser;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Echo bytes from an event loop of function pointers
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,
}

/// What to do when the descriptor in a slot is ready.
type Callback = fn(&mut Reactor, usize) -> io::Result<()>;

/// One connection: its socket, what waits to be sent, and who is called next.
struct Item(TcpStream, Vec<u8>, Callback);

struct Reactor {
    epoll: Epoll,
    listener: TcpListener,
    items: Vec<Option<Item>>,
}

const LISTENER: usize = usize::MAX; // its epoll data; the others' is their slot
fn accept_cb(reactor: &mut Reactor, _: usize) -> io::Result<()> {
    let (stream, _) = reactor.listener.accept()?;
    stream.set_nonblocking(true)?;
    let vacant = reactor.items.iter().position(Option::is_none);
    let slot = vacant.unwrap_or(reactor.items.len());
    let event = EpollEvent::new(EpollFlags::EPOLLIN, slot as u64);
    reactor.epoll.add(&stream, event)?;
    reactor
        .items
        .resize_with(reactor.items.len().max(slot + 1), || None);
    reactor.items[slot] = Some(Item(stream, Vec::new(), recv_cb));
    Ok(())
}

// ANCHOR: recv
fn recv_cb(reactor: &mut Reactor, slot: usize) -> io::Result<()> {
    let Item(stream, buffer, _) = reactor.item(slot)?;
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes)?;
    buffer.extend_from_slice(&bytes[..count]);
    match count {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => reactor.watch(slot, EpollFlags::EPOLLOUT, send_cb),
    }
}
// ANCHOR_END: recv

fn send_cb(reactor: &mut Reactor, slot: usize) -> io::Result<()> {
    let Item(stream, buffer, _) = reactor.item(slot)?;
    let count = stream.write(buffer)?;
    buffer.drain(..count);
    if buffer.is_empty() {
        reactor.watch(slot, EpollFlags::EPOLLIN, recv_cb)?;
    }
    Ok(())
}

impl Reactor {
    fn item(&mut self, slot: usize) -> io::Result<&mut Item> {
        let item = self.items.get_mut(slot).and_then(Option::as_mut);
        item.ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn watch(&mut self, slot: usize, flags: EpollFlags, next: Callback) -> io::Result<()> {
        let Some(Some(item)) = self.items.get_mut(slot) else {
            return Ok(());
        };
        item.2 = next;
        let mut event = EpollEvent::new(flags, slot as u64);
        Ok(self.epoll.modify(&item.0, &mut event)?)
    }

    // ANCHOR: run
    fn run(&mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); 128];
        loop {
            let ready = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Err(Errno::EINTR) => continue,
                ready => ready?,
            };
            for event in &events[..ready] {
                let slot = usize::try_from(event.data()).unwrap_or(LISTENER);
                let callback = self.item(slot).map_or(accept_cb as Callback, |item| item.2);
                match callback(self, slot) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(_) if slot != LISTENER => self.items[slot] = None, // dropped, so closed
                    _ => {}
                }
            }
        }
    }
    // ANCHOR_END: run
}

fn main() -> std::process::ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(TcpListener::bind)?;
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, LISTENER as u64);
        epoll.add(&listener, event)?;
        let mut reactor = Reactor {
            epoll,
            listener,
            items: Vec::new(),
        };
        Ok(reactor.run()?)
    })
}
