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
//! use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, listen};
//!
//! struct Echo;
//!
//! impl Handler for Echo {
//!     type Session = ();
//!
//!     fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}
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
//! | `connection.rs`, `phase.rs`, `received.rs` | one connection: reading, flushing, how it ends |
//! | `buffer.rs`, `output.rs` | bytes on their way in, and out |
//! | `sockets.rs`, `slots.rs`, `token.rs` | all connections, and the ids that can't go stale |
//! | `timers.rs`, `clock.rs` | what comes due without an event |
//! | `listener.rs`, `listeners.rs`, `visitors.rs` | listening, accepting, and running out of descriptors |
//! | `connector.rs`, `watch.rs` | outgoing connections; descriptors of other kinds |
//! | `signals.rs`, `waker.rs`, `loops.rs` | signals and threads as events; a loop per thread |
//! | `limits.rs`, `ledger.rs`, `network.rs` | what a peer may cost, and what all of them may |
//! | `echo.rs` | the line echo of chapters 01 to 05 |
//! | `fast.rs`, `fast/` | what speed costs: the edge, the answer written at once, spare queues |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod buffer;
mod callbacks;
mod clock;
mod connection;
mod connector;
mod echo;
mod fast;
mod handler;
mod io;
mod ledger;
mod limits;
mod listener;
mod listeners;
mod loops;
mod network;
mod output;
mod phase;
mod reactor;
mod received;
mod signals;
mod slots;
mod sockets;
mod timers;
mod token;
mod visitors;
mod waker;
mod watch;

pub use buffer::Buffer;
pub use connection::ConnId;
pub use connector::ConnectorId;
pub use echo::{Line, LineEcho, MAX_LINE};
pub use handler::{Handler, Origin};
pub use io::Io;
pub use limits::Limits;
pub use listener::{ListenerId, listen, listen_shared};
pub use loops::serve;
pub use network::network;
pub use phase::Closed;
pub use reactor::Reactor;
pub use signals::Signals;
pub use waker::Waker;
pub use watch::WatchId;

use nix::sys::epoll::EpollFlags;

/// The names of `flags` as the trace shows them: `IN|RDHUP`.
fn flag_names(flags: EpollFlags) -> String {
    let names: Vec<_> = flags
        .iter_names()
        .map(|(name, _)| name.trim_start_matches("EPOLL"))
        .collect();
    names.join("|")
}
