//! Compression: the extension permessage-deflate (RFC 7692).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `grammar.rs`, `agreement.rs`, `window.rs` | what a client offers, and what a server makes of it: bytes in, bytes out |

mod agreement;
mod grammar;
mod window;

pub use self::agreement::{Agreement, Direction, NAME, Policy, Takeover, agree, agreed, offer};
pub use self::grammar::{Extension, Malformed, extensions};
pub use self::window::Window;
