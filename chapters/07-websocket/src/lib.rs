//! WebSocket: a protocol in which both sides may speak at any time.
//!
//! | room | what it holds |
//! | --- | --- |
//! | `protocol.rs` | frames as bytes: bytes in, events out, no socket. What RFC 6455 forbids is refused, and [`Error`] names each case |
//! | `deflate.rs` | compression: what both sides agree on, and messages that get shorter. Can be passed by at first |
//! | `connection.rs` | a WebSocket connection on the reactor of chapter 05 |
//! | `echo.rs` | each message goes back as it came |
//! | `server.rs` | what all connections share: the HTTP of chapter 06, and the change of protocol |
//! | `pages.rs` | four ways to learn of news, and a login by a phone: to be passed by, if you are after WebSocket alone |
//! | `client.rs` | the other side: a client, and the program that talks with one server |
//! | `random.rs` | random bytes, for keys and masks |
//!
//! Each room opens with a table of its own.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod client;
mod connection;
pub mod deflate;
mod echo;
mod pages;
mod protocol;
mod random;
mod server;

pub use client::{Address, AddressError, Alarm, Chunk, Client, Failure, Goodbye, Incoming, Input};
pub use client::{Lookup, MAX_ANSWER, Misunderstanding, Opening, Settings, Wait, talk};
pub(crate) use connection::send_compressed;
pub use connection::{Progress, WebSocket, send_frame, send_header};
pub use echo::{Echo, Memory};
pub use pages::{Listener, Login};
pub use protocol::{
    Accepted, Admitted, Assembler, Close, CloseCode, Closing, Decoder, Encoded, Error, Event,
    Handshake, Header, Impossible, Kind, Limits, MAX_CONTROL, Mask, Message, Opcode, Origins, Part,
    Refusal, Role, Utf8, accept_key, write_close, write_fragment, write_frame,
};
pub use server::{Server, Session};
