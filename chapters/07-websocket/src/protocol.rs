//! The protocol: frames as bytes. It touches no socket: bytes in, events out ([`Decoder`] shows it).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `handshake.rs`, `accept_key.rs` | the request that a connection begins with, and its answer |
//! | `header.rs`, `mask.rs` | the parts of a frame |
//! | `decoder.rs`, `message.rs`, `utf8.rs` | frames as they arrive, and the messages that they make |
//! | `assembler.rs` | messages as a whole |
//! | `frame.rs` | frames on their way out |
//! | `close.rs`, `closing.rs` | why a connection is closed, and how |
//! | `error.rs`, `limits.rs` | what is refused, with which code |

mod accept_key;
mod assembler;
mod close;
mod closing;
mod decoder;
mod error;
mod frame;
mod handshake;
mod header;
mod limits;
mod mask;
mod message;
mod utf8;

pub use accept_key::accept_key;
pub use assembler::{Assembler, Message};
pub use close::{Close, CloseCode};
pub use closing::Closing;
pub use decoder::{Decoder, Event, Part};
pub use error::Error;
pub use frame::{write_close, write_fragment, write_frame};
pub use handshake::{Accepted, Handshake, Origins, Refusal};
pub use header::{Encoded, Header, MAX_CONTROL, Opcode, Role};
pub use limits::Limits;
pub use mask::Mask;
pub use message::Kind;
pub use utf8::{Impossible, Utf8};
