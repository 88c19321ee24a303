//! One chat room on many machines: **a room is a function of its log.**
//!
//! ```text
//!   server 1 ──┐                                         ┌──► server 1: its room, its members
//!   server 2 ──┼─ submit ──►  the log: one order  ─ apply ┼──► server 2: the same room
//!   server 3 ──┘                                         └──► server 3
//! ```
//!
//! What members do doesn't change a room: it is *submitted* to a log. Every server reads the log back
//! and *applies* each entry to a room of its own. The rooms are equal because the log is, and each
//! server tells its own members of what has changed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `entry.rs`, `token.rs` | what the log has in it |
//! | `replica.rs` | the room as a function of its log: no socket, no thread, no clock |
//! | `log.rs` | the log: in memory, or in Redis by two threads |
//! | `server.rs` | connections on the reactor of chapter 05 |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod entry;
mod log;
mod replica;
mod server;
mod token;

pub use entry::{Command, Entry, Reason};
pub use log::{Full, LocalLog, Log, RedisLog, Report};
pub use replica::{Effect, KEPT, Place, Replica, State};
pub use server::{Door, Resume, Server, Session};
pub use token::Token;
