//! The stages of a server of one's own, each a suite that is put to a program from outside.
//!
//! A stage knows a program by its options and by what it says through its sockets, and by what the kernel
//! tells of it: its threads, its epolls, its descriptors, its sleep. So the same suite judges the reader's
//! server (`exercises/your-server/tests`) and the chapter in which the stage is taught
//! (`chapters/*/tests/mine.rs`), and would judge one in another language.
//!
//! | macro | what the program speaks | suites |
//! | --- | --- | --- |
//! | [`stage_01!`] to [`stage_05!`] | the line echo | [`harness::echo`], then [`epoll`], [`edges`], [`workers`], [`stopping`] |
//! | [`stage_06!`] | HTTP/1.1 | [`http`] |
//! | [`stage_07!`] | WebSocket at `/ws` | [`websocket`] |
//! | [`stage_08!`] | a chat of lines and WebSocket | [`chat`] |
//!
//! `stages.toml` says the rest of each stage: its title, its page, its hints. The order of the tests there
//! is from simple to hard, because a reader is shown the first that fails.

pub mod chat;
pub mod edges;
pub mod epoll;
pub mod http;
mod macros;
pub mod stopping;
mod subject;
pub mod websocket;
pub mod workers;

pub use harness;
pub use subject::Subject;
