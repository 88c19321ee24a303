//! Hostile clients, a watchdog and wire diffs: what chapters and exercises are tested with.
//!
//! A test starts a [`Server`] in a child process, talks to it through [`Client`]s, and says what it
//! expects. No wait is endless: whatever hangs, ends or answers wrongly becomes a verdict, the text
//! of a failing test.
//!
//! ```text
//! sent      "hello\n" (6 bytes)
//! expected  "hello\n"
//! received  "hell0\n"
//!                ^ byte 4: expected 6f 'o', received 30 '0'
//! it means  …
//! read      book: 01-blocking.html#…
//! ```
//!
//! [`Server::spawn`] starts a chapter's program, [`Server::answer`] the reader's function;
//! [`call()`] calls a function that serves nobody. The line echo of chapters 01 to 05 has its test
//! suites in [`echo`]. A [`Directory`] is one test's own. [`stream`] has streams in any pieces, at any pace. Where the kernel itself is asked, [`experiment`] has what that takes.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "the workbook needs Linux (epoll, /proc): use a virtual machine, WSL 2 or a container"
);

mod answer;
mod call;
mod child;
mod client;
mod conclusion;
mod cpu;
mod descriptors;
mod diff;
mod directory;
pub mod echo;
mod events;
pub mod experiment;
mod family;
mod limits;
mod peer;
mod sampled;
mod server;
mod sock_diag;
mod sockets;
pub mod stream;
mod syscalls;
mod threads;
mod time_limit;
mod verdict;
mod wake_ups;
mod watchdog;
mod wire;
mod words;

use std::time::Duration;

pub use call::call;
pub use client::Client;
pub use cpu::over as cpu_over;
pub use descriptors::leave as leave_descriptors;
pub use diff::diff;
pub use directory::Directory;
pub use nix::sys::epoll::EpollFlags;
pub use nix::sys::signal::Signal;
pub use server::{Server, failed_listener};

/// How long a server may stay silent before that is a failure.
pub const DEADLINE: Duration = Duration::from_secs(3);
