//! A request that takes longer than its head: it has a body, or its answer comes later.

use crate::{Head, Request};

/// A request that takes longer than its head.
#[derive(Debug)]
pub(crate) struct Upload {
    pub request: Request,
    pub body: Body,
    /// Bytes of the body since the timer last ran out.
    pub progress: u64,
}

#[derive(Debug)]
pub(crate) enum Body {
    Kept(Vec<u8>),
    /// Nobody wants it.
    Dropped,
}

impl Upload {
    pub fn new(head: &Head<'_>, body: Body) -> Self {
        Self {
            request: Request::from(head),
            body,
            progress: 0,
        }
    }

    pub fn body(&self) -> &[u8] {
        match &self.body {
            Body::Kept(bytes) => bytes,
            Body::Dropped => &[],
        }
    }
}
