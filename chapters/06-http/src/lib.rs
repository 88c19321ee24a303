//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod body;
mod cache;
mod chunked;
mod conditional;
mod date;
mod error;
mod etag;
mod fields;
mod files;
mod head;
mod html;
mod known;
mod limits;
mod line;
mod media;
mod method;
mod page;
mod range;
mod request;
mod request_line;
mod response;
mod root;
mod status;
mod target;
mod token;
mod version;

pub use body::{Body, Piece};
pub use date::Date;
pub use error::Error;
pub use fields::Fields;
pub use files::Files;
pub use head::{Head, HeadParser};
pub use html::escape;
pub use known::Framing;
pub use limits::Limits;
pub use line::LineReader;
pub use method::Method;
pub use request::{Event, Request, RequestParser};
pub use request_line::Version;
pub use response::{Connection, Delivery, Extent, FileRange, Response};
pub use status::Status;
pub use target::{Form, Target, decode, decode_form, form_pairs};
