//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod error;
mod limits;
mod method;
mod status;
mod token;

pub use error::Error;
pub use limits::Limits;
pub use method::Method;
pub use status::Status;
