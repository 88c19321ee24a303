//! The protocol: frames as bytes. It touches no socket: bytes in, events out ([`Decoder`] shows it).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `handshake.rs`, `accept_key.rs` | the request that a connection begins with, and its answer |
//! | `header.rs`, `mask.rs` | the parts of a frame |
//! | `decoder.rs`, `message.rs`, `utf8.rs` | frames as they arrive, and the messages that they make |
//! | `assembler.rs` | messages as a whole |
//! | `frame.rs` | frames on their way out |
//! | `close.rs`, `close_code.rs`, `closing.rs` | why a connection is closed, and how |
//! | `error.rs`, `limits.rs` | what is refused, with which code |

mod accept_key;
mod assembler;
mod close;
mod close_code;
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

pub use self::accept_key::accept_key;
pub use self::assembler::{Assembler, Message};
pub use self::close::Close;
pub use self::close_code::CloseCode;
pub use self::closing::Closing;
pub use self::decoder::{Decoder, Event, Part};
pub use self::error::Error;
pub use self::frame::{write_close, write_fragment, write_frame};
pub use self::handshake::{Accepted, Admitted, Handshake, Origins, Refusal};
pub use self::header::{Encoded, Header, MAX_CONTROL, Opcode, Role};
pub use self::limits::Limits;
pub use self::mask::Mask;
pub use self::message::Kind;
pub use self::utf8::{Impossible, Utf8};
