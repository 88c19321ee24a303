//! The desk: which connection waits for which result.
//!
//! A result comes to the request that it was worked for, or to none. A connection's id isn't enough to
//! see to that: its client may have been told that it takes too long, and have sent another request on
//! the same connection, which must not be answered with what came of the first. So each request has a
//! *ticket*, a number that is never used twice.

use std::collections::HashMap;
use std::hash::Hash;

/// What a result is handed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket<Id> {
    id: Id,
    number: u64,
}

/// Those who wait, and results that they haven't collected yet. There is at most one for each
/// connection.
#[derive(Debug)]
pub struct Desk<Id, R> {
    waiting: HashMap<Id, Place<R>>,
    next: u64,
}

#[derive(Debug)]
struct Place<R> {
    number: u64,
    result: Option<R>,
}

impl<Id: Copy + Eq + Hash, R> Desk<Id, R> {
    /// A desk at which nothing is waited for.
    #[must_use]
    pub fn new() -> Self {
        Self {
            waiting: HashMap::new(),
            next: 0,
        }
    }

    // ANCHOR: desk
    /// The connection `id` waits for something from now on, and for nothing that it waited for before.
    pub fn wait(&mut self, id: Id) -> Ticket<Id> {
        let number = self.next;
        self.next += 1;
        let result = None;
        self.waiting.insert(id, Place { number, result });
        Ticket { id, number }
    }

    /// Hands in a result: the connection that waits for it, if one still does.
    pub fn hand_in(&mut self, ticket: Ticket<Id>, result: R) -> Option<Id> {
        let place = self.waiting.get_mut(&ticket.id)?;
        if place.number != ticket.number {
            return None; // it waits for something else by now
        }
        place.result = Some(result);
        Some(ticket.id)
    }

    /// What `id` has waited for, if it is there. Then `id` waits no more.
    pub fn collect(&mut self, id: Id) -> Option<R> {
        let result = self.waiting.get_mut(&id)?.result.take()?;
        self.waiting.remove(&id);
        Some(result)
    }

    /// The connection is gone, or waits no more.
    pub fn leave(&mut self, id: Id) {
        self.waiting.remove(&id);
    }
    // ANCHOR_END: desk

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl<Id: Copy + Eq + Hash, R> Default for Desk<Id, R> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{Desk, Ticket};

    #[test]
    fn a_result_is_collected_once() {
        let mut desk = Desk::new();
        let ticket = desk.wait(1);
        assert_eq!(desk.collect(1), None);
        assert_eq!(desk.hand_in(ticket, "ada"), Some(1));
        assert_eq!(desk.collect(1), Some("ada"));
        assert_eq!(desk.collect(1), None);
        assert!(desk.is_empty());
    }

    #[test]
    fn what_comes_for_a_client_that_has_left_is_dropped() {
        let mut desk = Desk::new();
        let ticket = desk.wait(1);
        desk.leave(1);
        assert_eq!(desk.hand_in(ticket, "ada"), None);
        assert!(desk.is_empty());
    }

    #[test]
    fn a_late_result_does_not_answer_the_next_request_of_its_connection() {
        let mut desk = Desk::new();
        let ada = desk.wait(1);
        let bob = desk.wait(1);
        assert_eq!(desk.hand_in(ada, "ada"), None);
        assert_eq!(desk.collect(1), None);
        assert_eq!(desk.hand_in(bob, "bob"), Some(1));
        assert_eq!(desk.collect(1), Some("bob"));
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Wait(u8),
        HandIn(prop::sample::Index),
        Collect(u8),
        Leave(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec(
            prop_oneof![
                (0..4_u8).prop_map(Step::Wait),
                any::<prop::sample::Index>().prop_map(Step::HandIn),
                (0..4_u8).prop_map(Step::Collect),
                (0..4_u8).prop_map(Step::Leave),
            ],
            0..60,
        )
    }

    proptest! {
        #[test]
        fn a_connection_collects_only_what_its_last_request_was_worked_for(steps in steps()) {
            let mut desk = Desk::new();
            let mut pending: Vec<(Ticket<u8>, usize)> = Vec::new();
            let mut last = HashMap::new(); // the step of each connection's last request
            for (at, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Wait(id) => {
                        pending.push((desk.wait(id), at));
                        last.insert(id, at);
                    }
                    Step::HandIn(index) if !pending.is_empty() => {
                        let (ticket, at) = pending.swap_remove(index.index(pending.len()));
                        desk.hand_in(ticket, at);
                    }
                    Step::HandIn(_) => {}
                    Step::Collect(id) => {
                        if let Some(result) = desk.collect(id) {
                            prop_assert_eq!(last.remove(&id), Some(result));
                        }
                    }
                    Step::Leave(id) => {
                        desk.leave(id);
                        last.remove(&id);
                    }
                }
                prop_assert!(desk.len() <= last.len());
            }
        }
    }
}
