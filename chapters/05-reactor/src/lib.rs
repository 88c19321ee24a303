//! The callback reactor: the event loop turned inside out.
//!
//! Chapters 01 to 04 mix two things, sockets and lines. Here they part: the loop is a library,
//! and a server is a [`Handler`] that it calls. Whatever server it is, the loop stays the same.
//!
//! # Three owners
//!
//! ```text
//!             Reactor                        Handler (self)
//!   ┌────────────────────────────┐      ┌──────────────────────┐
//!   │ waits, reads, calls ───────┼─────►│ on_open   on_data    │   what all connections
//!   │                            │      │ on_end    on_timer … │   share: members, counters
//!   │  sessions     Io           │      └───┬──────────┬───────┘
//!   │ ┌─────────┐ ┌────────────┐ │          │          │
//!   │ │ Session │ │ sockets    │◄┼──────────┼──────────┘ io.send(id, ..), io.close(id), …
//!   │ │ Session │ │ queues     │ │          │
//!   │ │ Session │◄┼─ timers ───┼─┼──────────┘ session: what one connection remembers
//!   │ └─────────┘ └────────────┘ │
//!   └────────────────────────────┘
//! ```
//!
//! A callback gets all three as `&mut`: the handler, the [`Io`] and one session. Nothing is
//! shared, so there is no `Rc`, no `RefCell` and no lock. In exchange a callback gets no
//! connection, but its [`ConnId`]: it asks [`Io`] for what it wants done, and [`Io`] takes a note.
//! The picture of one turn is at [`Reactor`].
//!
//! # An echo server
//!
//! ```
//! use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, ListenerId, Reactor, listen};
//!
//! struct Echo;
//!
//! impl Handler for Echo {
//!     type Session = ();
//!
//!     fn on_open(&mut self, _: &mut Io, _: ConnId, _: ListenerId) {}
//!
//!     fn on_data(&mut self, io: &mut Io, id: ConnId, _: &mut (), input: &mut Buffer) {
//!         io.send(id, input);
//!         input.clear();
//!     }
//! }
//!
//! # fn main() -> std::io::Result<()> {
//! let mut reactor = Reactor::new(Limits::default())?;
//! reactor.add_listener(listen("127.0.0.1:0".parse().unwrap(), 128)?)?;
//! # reactor.waker().stop();
//! reactor.run(&mut Echo)
//! # }
//! ```
//!
//! # Where to read on
//!
//! `examples/step1_callbacks.rs` to `step8_loops.rs` are the ladder that leads here from chapter 04:
//! the same parts in single files, one idea after the other. In the library they are:
//!
//! | file | what it holds |
//! | --- | --- |
//! | `reactor.rs`, `callbacks.rs` | the loop, and the order of its callbacks |
//! | `handler.rs`, `io.rs` | the two sides of a callback: what it is told, what it may do |
//! | `sockets.rs`, `received.rs`, `closing.rs` | the system calls on a connection, and how it ends |
//! | `armed.rs` | what epoll watches a connection for, and the edge that must not be lost |
//! | `connection.rs`, `token.rs` | the table of connections, and the ids that can't go stale |
//! | `buffer.rs`, `output.rs`, `answer.rs` | bytes on their way in, and out |
//! | `deadlines.rs`, `timers.rs`, `clock.rs` | what comes due without an event |
//! | `listener.rs`, `accept.rs` | listening, accepting, and running out of descriptors |
//! | `signals.rs`, `waker.rs`, `loops.rs` | signals and threads as events; a loop per thread |
//! | `echo.rs` | the line echo of chapters 01 to 05 |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod accept;
mod answer;
mod armed;
mod buffer;
mod callbacks;
mod clock;
mod closing;
mod connection;
mod deadlines;
mod echo;
mod handler;
mod io;
mod limits;
mod listener;
mod loops;
mod output;
mod reactor;
mod received;
mod signals;
mod sockets;
mod timers;
mod token;
mod waker;

pub use buffer::Buffer;
pub use connection::{Closed, ConnId};
pub use echo::{Line, LineEcho, MAX_LINE};
pub use handler::Handler;
pub use io::Io;
pub use limits::Limits;
pub use listener::{ListenerId, listen, listen_shared};
pub use loops::serve;
pub use reactor::Reactor;
pub use signals::Signals;
pub use waker::Waker;

use nix::sys::epoll::EpollFlags;

/// The names of `flags` as the trace shows them: `IN|RDHUP`.
fn flag_names(flags: EpollFlags) -> String {
    let names: Vec<_> = flags
        .iter_names()
        .map(|(name, _)| name.trim_start_matches("EPOLL"))
        .collect();
    names.join("|")
}
