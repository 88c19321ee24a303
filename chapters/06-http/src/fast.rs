//! Short cuts that make the server as fast as it is. Each does what a line or two of plain code would
//! do as well, only slower: to be read last.
//!
//! | file | instead of | what it does |
//! | --- | --- | --- |
//! | `control.rs` | looking at each byte | finds a control character eight bytes at a time |
//! | `seen.rs` | going through all fields | knows which names a head certainly doesn't have |
//! | `decimal.rs` | `write!` | writes a number |
//!
//! Two more are where their data is: `Page` keeps an answer ready to be copied (`response/page.rs`), and
//! [`Site`](crate::Site) sends that without asking its routes (`server/site.rs`).

mod control;
mod decimal;
mod seen;

pub(crate) use self::control::find_control;
pub(crate) use self::decimal::write_decimal;
pub(crate) use self::seen::Seen;
