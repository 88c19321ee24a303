//! A million connections in one process on one port.
//!
//! The reactor of chapter 05 needs no change for that, only more descriptors than one table may
//! hold. Each thread of a process may have a table of its own, and each of its loops lives in one:
//!
//! ```text
//!                                   one process, one port
//!   ┌───────────── main ─────────────┐ ┌──────────── loop-1 ────────────┐ ┌─ loop-2 ─ …
//!   │ table: 0 1 2                   │ │ table: 0 1 2                   │ │
//!   │        wakers of all loops     │ │        wakers of all loops     │ │  unshare(CLONE_FILES)
//!   │        signalfd                │ │                                │ │  is the first thing
//!   │        epoll, listener ────────┼─┼─────── epoll, listener ────────┼─┼─ that a thread does
//!   │        20,000 connections      │ │        20,000 connections      │ │
//!   └────────────────────────────────┘ └────────────────────────────────┘ └─ …
//!                     SO_REUSEPORT: the kernel spreads the connections over the listeners
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `tables.rs` | threads with descriptor tables of their own, and how many of them it takes |
//! | `loops.rs`, `port.rs` | a loop in each, all on one port |
//! | `crowd.rs`, `audience.rs` | any handler of the chapters before, and one message to all its connections |
//! | `doctor.rs`, `doctor/` | every limit, and which of them binds first |
//! | `load.rs`, `load/` | the load generator |
//! | `plot.rs` | a run as a picture |
//! | `network.rs` | a network of one's own, for which no rights are needed |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod audience;
mod crowd;
mod doctor;
pub mod load;
mod loops;
mod network;
mod plot;
mod port;
mod tables;

pub use audience::Audience;
pub use crowd::{Crowd, Speaker};
pub use doctor::{Ceiling, Load, Machine, ceilings, grouped, kernel_memory, report};
pub use loops::Loops;
pub use network::{in_own_network, is_own_network};
pub use plot::{Point, svg};
pub use tables::{RESERVE, apart, descriptors, raise_descriptors, tables_for};
