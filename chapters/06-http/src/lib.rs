//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod cache;
mod conditional;
mod date;
mod error;
mod etag;
mod files;
mod html;
mod limits;
mod media;
mod method;
mod page;
mod range;
mod response;
mod root;
mod status;
mod token;
mod version;

pub use conditional::Conditions;
pub use date::Date;
pub use error::Error;
pub use files::{FileRequest, Files};
pub use html::escape;
pub use limits::Limits;
pub use method::Method;
pub use response::{Connection, Delivery, Extent, FileRange, Response};
pub use status::Status;
