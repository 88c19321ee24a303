//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.
//!
//! | room | what it holds |
//! | --- | --- |
//! | `protocol.rs` | requests as bytes: bytes in, events out, no socket. Whatever a proxy before this server might have read in another way is refused, and [`Error`] names each such case |
//! | `response.rs` | answers, and how they are written |
//! | `files.rs` | which file a path means, and which it can't; which version of it the client has already |
//! | `server.rs` | connections on the reactor of chapter 05: [`Site`] is what all of them share, [`Http`] what one remembers |
//! | `demo.rs` | the code behind some pages of the chapter's site |
//!
//! Each room opens with a table of its own. They are in the order in which they need one another: the
//! protocol knows none of the others.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod demo;
mod fast;
mod files;
mod protocol;
mod response;
mod server;

pub use demo::{demo_routes, echo};
pub use files::Files;
pub use protocol::{
    Authority, Body, Connection, Error, Event, Fields, Form, Framing, Head, HeadParser, Limits,
    LineReader, Method, OriginError, Piece, Request, RequestParser, Status, Target, Version,
    WebOrigin, decode, decode_form, form_pairs, normal,
};
pub use response::{Date, Delivery, Extent, FileRange, Response, escape};
pub use server::{
    Answer, Answered, Call, HostName, HostNameError, Hosts, Http, Occasion, Outcome, Patience,
    Reply, Route, Site, connections, kept_files,
};
