//! A log in memory: one server, one room, as in chapter 08.

use std::collections::VecDeque;

use super::Report;
use crate::{Command, Entry, Token};

/// A log in memory.
#[derive(Debug)]
pub struct LocalLog {
    reports: VecDeque<Report>,
    position: u64,
    number: u64,
}

impl LocalLog {
    /// Of all epochs, the only one.
    const EPOCH: u64 = 1;

    /// An empty log of the room that is called so.
    #[must_use]
    pub fn new(name: String) -> Self {
        let state = None;
        Self {
            reports: VecDeque::from([Report::Begun { name, state }]),
            position: 0,
            number: 0,
        }
    }

    pub(super) fn open(&mut self, nonce: Token) {
        self.append(Command::Open { nonce });
    }

    pub(super) fn opened(&mut self, epoch: u64) {
        debug_assert_eq!(epoch, Self::EPOCH);
        self.number = 0;
    }

    pub(super) fn submit(&mut self, command: Command) {
        self.number += 1;
        self.append(command);
    }

    pub(super) fn take(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    fn append(&mut self, command: Command) {
        self.position += 1;
        let (position, epoch, number) = (self.position, Self::EPOCH, self.number);
        let entry = Entry {
            epoch,
            number,
            command,
        };
        self.reports.push_back(Report::Next { position, entry });
    }
}
