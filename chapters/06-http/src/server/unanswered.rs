//! A request that takes longer than its head: it has a body, or its answer comes later.

use crate::{Error, Head, Request};

/// A request whose answer is owed: its head, and its body if a route wants it.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub request: Request,
    /// What has arrived of its body.
    body: Vec<u8>,
    /// Bytes of it that its route takes; `None` if it takes none.
    wanted: Option<u64>,
    /// Bytes of the body since the timer last ran out.
    pub progress: u64,
}

impl Unanswered {
    pub fn new(head: &Head<'_>, wanted: Option<u64>) -> Self {
        Self {
            request: Request::from(head),
            body: Vec::new(),
            wanted,
            progress: 0,
        }
    }

    /// Takes a piece of the body, and keeps it if the route takes one.
    ///
    /// # Errors
    /// [`Error::BodyTooLarge`] if that makes more than the route takes.
    pub fn take(&mut self, data: &[u8]) -> Result<(), Error> {
        self.progress += data.len() as u64;
        let Some(wanted) = self.wanted else {
            return Ok(());
        };
        if (self.body.len() + data.len()) as u64 > wanted {
            return Err(Error::BodyTooLarge);
        }
        self.body.extend_from_slice(data);
        Ok(())
    }

    /// Bytes of memory that it holds.
    pub fn held(&self) -> usize {
        self.request.head().text().len() + self.body.capacity()
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
