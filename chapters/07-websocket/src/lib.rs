//! WebSocket: a protocol in which both sides may speak at any time.
//!
//! # The protocol
//!
//! It touches no socket: bytes in, events out ([`Decoder`] shows it). What RFC 6455 forbids is
//! refused, and [`Error`] names each case.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `handshake.rs`, `accept_key.rs` | the request that a connection begins with, and its answer |
//! | `header.rs`, `mask.rs` | the parts of a frame |
//! | `decoder.rs`, `message.rs`, `utf8.rs` | frames as they come, and the messages that they make |
//! | `assembler.rs` | messages as a whole |
//! | `frame.rs` | frames on their way out |
//! | `close.rs`, `closing.rs` | why a connection is closed, and how |
//! | `error.rs`, `limits.rs` | what is refused, with which code |
//!
//! # The server
//!
//! It stands on the reactor of chapter 05 and the HTTP of chapter 06.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `server.rs` | what all connections share, and the change of protocol |
//! | `session.rs`, `heartbeat.rs` | a connection: it answers what the protocol answers |
//! | `echo.rs`, `chunks.rs` | what this server makes of messages |
//! | `news.rs` | four ways to learn of news |
//! | `login.rs`, `logins.rs` | a page that a phone lets in: what comes on one connection is sent on another |
//! | `trace.rs` | what `--trace` shows of frames |
//!
//! # The client
//!
//! | file | what it holds |
//! | --- | --- |
//! | `address.rs`, `opening.rs` | where a server is, and how it is asked |
//! | `client.rs`, `failure.rs`, `random.rs` | a connection to one server |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod accept_key;
mod address;
mod assembler;
mod chunks;
mod client;
mod close;
mod closing;
mod decoder;
mod echo;
mod error;
mod failure;
mod frame;
mod handshake;
mod header;
mod heartbeat;
mod limits;
mod login;
mod logins;
mod mask;
mod message;
mod news;
mod opening;
mod random;
mod server;
mod session;
mod trace;
mod utf8;

pub use accept_key::accept_key;
pub use address::{Address, AddressError};
pub use assembler::{Assembler, Message};
pub use client::{Client, Goodbye, Incoming};
pub use close::{Close, CloseCode};
pub use closing::Closing;
pub use decoder::{Decoder, Event, Part};
pub use echo::{Echo, Memory};
pub use error::Error;
pub use failure::Failure;
pub use frame::{write_close, write_fragment, write_frame};
pub use handshake::{Accepted, Handshake, Origins, Refusal};
pub use header::{Encoded, Header, MAX_CONTROL, Opcode, Role};
pub use limits::Limits;
pub use login::Login;
pub use mask::Mask;
pub use message::Kind;
pub use news::Listener;
pub use opening::{MAX_ANSWER, Misunderstanding, Opening};
pub use server::{Server, Session};
pub use session::{WebSocket, send_frame, send_header};
pub use utf8::{Impossible, Utf8};
