//! Names that people see: which of them are one ([`Folded`]), and which characters nobody sees
//! ([`is_invisible`], [`looks_like_space`]).
//!
//! A chat in which two members look alike, or a web server in which two users do, lets one speak for
//! the other. So chapters 08 and 09 compare names here, and nowhere else.

mod folded;
mod visible;

pub use self::folded::Folded;
pub use self::visible::{is_invisible, looks_like_space};
