//! How members are told of events, and what they type is read: the two protocols.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `seat.rs` | a member's connection, and which of the two it speaks |
//! | `lines.rs` | lines over TCP, which `nc` speaks |
//! | `json.rs` | JSON over WebSocket, which the page speaks |
//! | `draft.rs` | an event is worded once per protocol, however many are told |

mod draft;
pub(crate) mod json;
mod lines;
mod seat;

pub(crate) use self::draft::Draft;
pub(crate) use self::lines::Line;
pub use self::lines::LineReader;
pub use self::seat::{Farewell, Protocol, Seat};
