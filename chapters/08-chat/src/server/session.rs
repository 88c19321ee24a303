//! Sessions: what one connection remembers.

use http::Http;
use reactor::ConnId;

use super::page::Page;
use super::talk::Talk;
use crate::{LineReader, Seat};

/// What one connection remembers.
///
/// ```text
///   the line port ──► Lines
///   the web port ───► Http ────► Page
///                          /ws
/// ```
#[derive(Debug)]
pub enum Session {
    /// A member at the line port.
    Lines(LineReader, Talk),
    /// A client that gets pages.
    Http(Http),
    /// A member behind a WebSocket.
    Page(Box<Page>),
}

impl Session {
    /// Where its member sits, if it has one.
    pub(super) fn seat(&self, id: ConnId) -> Option<Seat> {
        match self {
            Self::Lines(..) => Some(Seat::lines(id)),
            Self::Page(page) => Some(page.seat(id)),
            Self::Http(_) => None,
        }
    }
}
