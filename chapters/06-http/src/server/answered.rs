//! What a site is told of each answer: a line for its access log.

use std::net::SocketAddr;
use std::time::Duration;

use crate::{Head, Status};

/// An answer that has been queued, and the request that it belongs to
/// ([`Site::on_answer`](crate::Site::on_answer)).
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// The client's address; `None` if its connection is gone.
    pub peer: Option<SocketAddr>,
    /// The head of the request; `None` if it couldn't be read, or not all of it has arrived.
    pub head: Option<Head<'a>>,
    /// The status of the answer.
    pub status: Status,
    /// Bytes of the answer, head and content. The client may have left before it got them all.
    pub bytes: u64,
    /// How long the answer took, once all of the request's head had arrived. The reactor's clock stands
    /// still within a turn: it is 0 for an answer at once.
    pub took: Duration,
}
