//! A request that takes longer than its head: it has a body, or its answer comes later.

use std::time::Duration;

use crate::{Head, Request};

/// A request whose answer is owed: its head, and its body if a route wants it.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub request: Request,
    /// What has arrived of its body; `None` if no route wants it.
    body: Option<Vec<u8>>,
    /// Bytes of the body since the timer last ran out.
    pub progress: u64,
    /// When a route was first asked for the answer, on the reactor's clock.
    pub asked: Duration,
}

impl Unanswered {
    /// A request that has arrived at `now`.
    pub fn new(head: &Head<'_>, body: Option<Vec<u8>>, now: Duration) -> Self {
        Self {
            request: Request::from(head),
            body,
            progress: 0,
            asked: now,
        }
    }

    /// Takes a piece of the body.
    pub fn take(&mut self, data: &[u8]) {
        self.progress += data.len() as u64;
        if let Some(body) = &mut self.body {
            body.extend_from_slice(data);
        }
    }

    pub fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }
}
