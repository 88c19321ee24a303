//! What every server of the workbook needs besides its subject: options and the event trace.
//!
//! A chapter's `main` is thin:
//!
//! ```no_run
//! # use ch00_workbench as workbench;
//! use clap::Parser;
//!
//! /// Says nothing, to nobody
//! #[derive(Parser)]
//! struct Options {
//!     #[command(flatten)]
//!     server: workbench::ServerOptions,
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     workbench::start(|options: Options| {
//!         let listener = options.server.open(|address| std::net::TcpListener::bind(address))?;
//!         // … serve `listener` …
//!         drop(listener);
//!         Ok(())
//!     })
//! }
//! ```
//!
//! The chapters' libraries don't know this crate. They emit [`tracing`] events, and cost nothing
//! measurable while nobody listens; [`trace`] prints and records them.
#[cfg(not(target_os = "linux"))]
compile_error!(
    "The workbook is about epoll, which only Linux has. On macOS or Windows run it in a container, \
     a virtual machine or WSL 2; the book's set-up page says how."
);

mod options;
pub mod trace;

pub use options::{ServerOptions, start};
