//! Sessions: what one connection remembers.

use std::time::Duration;

use http::Http;
use websocket::{Assembler, WebSocket};

use super::pace::Pace;
use super::silence::Silence;
use crate::LineReader;

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
    /// Somebody who gets pages.
    Http(Http),
    /// A member behind a WebSocket.
    Page(Box<Page>),
}

/// A member behind a WebSocket.
#[derive(Debug)]
pub struct Page {
    pub(crate) socket: WebSocket,
    pub(crate) assembler: Assembler,
    pub(crate) talk: Talk,
}

/// What is known of how a member talks.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    pub(crate) pace: Pace,
    pub(crate) silence: Silence,
}

impl Talk {
    /// A newcomer's, at `now`.
    pub(crate) fn new(now: Duration) -> Self {
        Self {
            pace: Pace::default(),
            silence: Silence::new(now),
        }
    }
}
