//! Where a connection is: between two requests, or within one.

use super::unanswered::Unanswered;

/// Where a connection is. `session.rs` draws how it gets from one to the next.
#[derive(Debug)]
pub(super) enum State {
    /// Between two requests, or within a head.
    Ready,
    /// Within a body.
    Body(Box<Unanswered>),
    /// A request is complete, and its answer comes later.
    Waiting(Box<Unanswered>),
    /// The last answer is on its way.
    Closed,
}
