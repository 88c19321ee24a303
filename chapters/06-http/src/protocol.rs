//! The protocol: requests as bytes. It touches no socket: bytes in, events out
//! ([`RequestParser`] shows it).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `request.rs` | the requests of a connection, one after another |
//! | `head.rs`, `request_line.rs`, `known.rs` | a head as it arrives, and the fields that decide where the request ends |
//! | `line.rs`, `token.rs` | lines, and the sets of bytes that words are made of |
//! | `fields.rs`, `target.rs`, `method.rs` | the parts of a head that are read later |
//! | `body.rs`, `chunked.rs` | bodies, passed on piece by piece |
//! | `error.rs`, `status.rs`, `limits.rs` | what is refused, and with which answer |

mod body;
mod chunked;
mod error;
mod fields;
mod head;
mod known;
mod limits;
mod line;
mod method;
mod request;
mod request_line;
mod status;
mod target;
mod token;

pub use body::{Body, Piece};
pub use error::Error;
pub use fields::Fields;
pub use head::{Head, HeadParser};
pub use known::{Connection, Framing};
pub use limits::Limits;
pub use line::LineReader;
pub use method::Method;
pub use request::{Event, Request, RequestParser};
pub use request_line::Version;
pub use status::Status;
pub use target::{Form, Target, decode, decode_form, form_pairs};
