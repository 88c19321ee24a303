//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.
//!
//! # The protocol
//!
//! It touches no socket: bytes in, events out ([`RequestParser`] shows it). Whatever a proxy before
//! this server might have read in another way is refused, and [`Error`] names each such case.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `request.rs` | the requests of a connection, one behind another |
//! | `head.rs`, `request_line.rs`, `known.rs` | a head as it comes, and the fields that decide where the request ends |
//! | `line.rs`, `token.rs` | lines, and the sets of bytes that words are made of |
//! | `fields.rs`, `target.rs`, `method.rs` | what a head is asked for later |
//! | `body.rs`, `chunked.rs` | bodies, passed on piece by piece |
//! | `error.rs`, `status.rs`, `limits.rs` | what is refused, with which answer |
//!
//! # The server
//!
//! It stands on the reactor of chapter 05. [`Site`] is what all connections share, [`Http`] what
//! one remembers.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `delivery.rs` | a connection: requests in, answers out |
//! | `unanswered.rs`, `patience.rs` | a request that takes longer than its head, and how long it may take |
//! | `site.rs`, `routes.rs` | who answers: code, or else a file |
//! | `response.rs`, `date.rs`, `html.rs` | how answers are written |
//! | `files.rs`, `root.rs` | which file a path means, and which it can't |
//! | `page.rs`, `media.rs` | a file as an answer that is ready to be sent |
//! | `cache.rs`, `file_version.rs`, `etag.rs` | which answers are still right |
//! | `conditional.rs`, `range.rs` | who has the file already, or wants a part of it |
//! | `descriptors.rs` | how connections and files share the descriptors |
//! | `demo.rs` | the code behind some pages of the chapter's site |
//! | `trace.rs` | what a trace shows of it |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod body;
mod cache;
mod chunked;
mod conditional;
mod date;
mod delivery;
mod demo;
mod descriptors;
mod error;
mod etag;
mod fields;
mod file_version;
mod files;
mod head;
mod html;
mod known;
mod limits;
mod line;
mod media;
mod method;
mod page;
mod patience;
mod range;
mod request;
mod request_line;
mod response;
mod root;
mod routes;
mod session;
mod site;
mod status;
mod target;
mod token;
mod trace;
mod unanswered;

pub use body::{Body, Piece};
pub use date::Date;
pub use delivery::{Delivery, Extent};
pub use demo::{demo_routes, echo};
pub use descriptors::{connections, kept_files};
pub use error::Error;
pub use fields::Fields;
pub use files::Files;
pub use head::{Head, HeadParser};
pub use html::escape;
pub use known::{Connection, Framing};
pub use limits::Limits;
pub use line::LineReader;
pub use method::Method;
pub use patience::Patience;
pub use request::{Event, Request, RequestParser};
pub use request_line::Version;
pub use response::{FileRange, Response};
pub use routes::{Answer, Call, Occasion, Reply, Route};
pub use session::{Http, Outcome};
pub use site::Site;
pub use status::Status;
pub use target::{Form, Target, decode, decode_form, form_pairs};
