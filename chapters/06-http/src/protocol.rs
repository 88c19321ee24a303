//! The protocol: requests as bytes. It touches no socket: bytes in, events out
//! ([`RequestParser`] shows it).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `request.rs` | the requests of a connection, one after another |
//! | `head.rs`, `request_line.rs`, `known.rs`, `codings.rs` | a head as it arrives, and the fields that decide where the request ends |
//! | `line.rs`, `token.rs` | lines, and the sets of bytes that words are made of |
//! | `fields.rs`, `target.rs`, `host.rs`, `method.rs` | the parts of a head that are read later |
//! | `authority.rs`, `origin.rs` | hosts, ports and origins, compared by what they mean |
//! | `body.rs`, `chunked.rs`, `piece.rs` | bodies, passed on piece by piece |
//! | `error.rs`, `status.rs`, `limits.rs` | what is refused, and with which answer |

mod authority;
mod body;
mod chunked;
mod codings;
mod error;
mod fields;
mod head;
mod host;
mod known;
mod limits;
mod line;
mod method;
mod origin;
mod piece;
mod request;
mod request_line;
mod status;
mod target;
mod token;

pub use self::authority::Authority;
pub use self::body::Body;
pub use self::error::Error;
pub use self::fields::Fields;
pub use self::head::{Head, HeadParser};
pub use self::known::{Connection, Framing};
pub use self::limits::Limits;
pub use self::line::LineReader;
pub use self::method::Method;
pub use self::origin::{OriginError, WebOrigin};
pub use self::piece::Piece;
pub use self::request::{Event, Request, RequestParser};
pub use self::request_line::Version;
pub use self::status::Status;
pub use self::target::{Form, Target, decode, decode_form, form_pairs, normal};
