//! Compression: the extension permessage-deflate (RFC 7692).
//!
//! ```text
//!   Decoder ──► compressed bytes ──► Inflater ──► pieces of the message ──► the owner of the session
//!   (RSV1)                             │
//!                                      └─ it counts what comes out, and stops there
//!
//!   the owner's message ──► Deflater ──► compressed bytes, without the tail 00 00 ff ff ──► frames (RSV1)
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `grammar.rs`, `agreement.rs`, `window.rs` | what a client offers, and what a server makes of it: bytes in, bytes out |
//! | `inflater.rs`, `deflater.rs` | one direction's zlib, message by message |
//! | `progress.rs` | a compressed message on its way in: its limits, its UTF-8 |
//! | `incoming.rs`, `outgoing.rs`, `contexts.rs` | what one connection remembers |
//! | `inflation.rs`, `deflation.rs`, `compression.rs`, `budget.rs` | what all connections share, and what that may take |

mod agreement;
mod budget;
mod compression;
mod contexts;
mod deflater;
mod deflation;
mod grammar;
mod incoming;
mod inflater;
mod inflation;
mod outgoing;
mod progress;
#[cfg(test)]
mod tests;
mod window;

pub use self::agreement::{Agreement, Direction, NAME, Policy, Takeover, agree, agreed, offer};
pub use self::compression::Compression;
pub(crate) use self::contexts::Contexts;
pub use self::deflater::Deflater;
pub use self::deflation::Deflation;
pub use self::grammar::{Extension, Malformed, extensions};
pub use self::inflater::Inflater;
pub use self::inflation::Inflation;
pub use self::outgoing::Outgoing;
pub use self::window::Window;
