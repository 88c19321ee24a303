//! The line echo as `async fn`: on an executor of our own, and unchanged on tokio.
//!
//! - [`runtime`] is the executor with its reactor, in one thread and without `unsafe`;
//! - [`select`], [`join`] and [`Stop`] need no runtime: they only pass wakers on;
//! - [`on_ours`] and [`on_tokio`] are the server, which differs in its imports alone;
//! - [`Lines`] is the protocol, which never waits.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod buffer;
mod failure;
mod join;
mod lines;
pub mod on_ours;
pub mod on_tokio;
pub mod runtime;
mod select;
mod signals;
mod stop;

pub use blocking::listen;
pub use buffer::with_buffer;
pub use join::join;
pub use lines::{Lines, MAX_LINE, Next};
pub use select::{Either, Select, select};
pub use signals::stop_on_signals;
pub use stop::{Stop, Wait};
