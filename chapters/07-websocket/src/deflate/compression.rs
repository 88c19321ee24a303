//! What all connections of a server share, so that they can be compressed.

use http::Head;

use super::agreement::{Agreement, Policy, Takeover, agree};
use super::budget::Budget;
use super::deflation::Deflation;
use super::inflation::Inflation;

/// What all connections of a server share, so that they can be compressed.
#[derive(Debug)]
pub struct Compression {
    policy: Option<Policy>,
    budget: Budget,
    /// To inflate with.
    pub inflation: Inflation,
    /// To deflate with.
    pub deflation: Deflation,
}

impl Compression {
    /// Compression with this policy; `None`: without any. Windows that are kept from one message to the next may take
    /// `memory` bytes; connections for which there is no room in that begin each message anew.
    #[must_use]
    pub fn new(policy: Option<Policy>, memory: usize) -> Self {
        Self {
            policy,
            budget: Budget::new(memory),
            inflation: Inflation::default(),
            deflation: Deflation::default(),
        }
    }

    // ANCHOR: agree
    /// What is agreed on with the client that sends this request, if it offers something. What that
    /// takes is held until [`Self::forget`].
    pub fn agree(&mut self, request: &Head<'_>) -> Option<Agreement> {
        let offers = || request.fields.get_all("Sec-WebSocket-Extensions");
        let policy = self.policy?;
        let mut agreement = agree(offers(), policy).ok()??;
        if !self.budget.has_room(agreement) {
            let takeover = Takeover::Reset; // a server may ask for that, unasked (RFC 7692 §7.1.1)
            agreement = agree(offers(), Policy { takeover, ..policy }).ok()??;
        }
        self.budget.take(agreement);
        Some(agreement)
    }
    // ANCHOR_END: agree

    /// The connection with this agreement is gone.
    pub fn forget(&mut self, agreement: Option<Agreement>) {
        if let Some(agreement) = agreement {
            self.budget.give_back(agreement);
        }
    }

    /// How many bytes are held for connections.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.budget.held()
    }
}

impl Default for Compression {
    /// With 64 MiB for windows.
    fn default() -> Self {
        Self::new(Some(Policy::default()), 64 * 1024 * 1024)
    }
}
