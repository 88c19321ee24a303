//! # 09-2 The answer for a client that has left
//!
//! A loop gives a worker a job for a client, and later gets the result. In between, anything may happen: the client
//! leaves, and another one gets its descriptor; or it is told that its job takes too long, and asks for something
//! else on the same connection. If the first result then answers the second request, it logs in the wrong user.
//!
//! The desk knows which client waits for what. Clients are numbers, and the desk can't rely on it that they are never
//! used twice. Write its four functions:
//!
//! - `wait` is called when a client has sent a request. It returns the ticket that the job goes out with. From now
//!   on the client waits for this, and no longer for what it waited for before.
//! - `hand_in` is called when a result arrives, with the ticket of its job. It says whether a client waits for it;
//!   then the desk keeps the result until that collects it. Otherwise the result is dropped.
//! - `collect` gives a client its result, if it is there, and the client waits no more. It is asked more often than
//!   there are results.
//! - `leave` is called when a client has gone, whether it waited or not. Nothing of it may stay behind.
//!
//! `len` is given: it counts those who wait. A server that runs for a year must not have a larger desk than one that
//! has just started.

use std::collections::HashMap;

/// What a job goes out with, and its result comes back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Which client waits.
    client: u64,
    // What else? Yours.
}

/// Who waits for what.
#[derive(Debug)]
pub struct Desk<R> {
    /// By client. What is known of each is yours to say.
    waiting: HashMap<u64, Option<R>>,
}

impl<R> Desk<R> {
    /// A desk at which nobody waits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            waiting: HashMap::new(),
        }
    }

    /// The client waits for a new result, and for no other.
    pub fn wait(&mut self, client: u64) -> Ticket {
        let _ = Ticket { client };
        todo!("a ticket that no other request has")
    }

    /// Hands in a result. Whether a client waits for it.
    pub fn hand_in(&mut self, ticket: Ticket, result: R) -> bool {
        let _ = (ticket.client, result);
        todo!("is it for the request that its client waits for?")
    }

    /// The result that the client waits for, if it is there.
    pub fn collect(&mut self, client: u64) -> Option<R> {
        let _ = client;
        todo!("once only")
    }

    /// The client has gone.
    pub fn leave(&mut self, client: u64) {
        let _ = client;
        todo!("and with it all that was kept for it")
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl<R> Default for Desk<R> {
    fn default() -> Self {
        Self::new()
    }
}
