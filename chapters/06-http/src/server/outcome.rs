//! What becomes of a connection whose input has been looked at.

use crate::Request;

/// What has become of a connection. `U` is what routes upgrade to.
#[derive(Debug)]
#[must_use]
pub enum Outcome<U> {
    /// It goes on as it is.
    More,
    /// A route has said [`Reply::Upgrade`](crate::Reply::Upgrade), with this value, to this request.
    /// All before it has been answered, it and its body have been consumed; what is left of the
    /// input, and the connection's timer, belong to the new protocol.
    Upgrade(Request, U),
}
