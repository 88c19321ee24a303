//! Departed members, which may come back.

use std::collections::VecDeque;

use chat::Nick;

use crate::Token;

/// How many are remembered. The log's order says who is forgotten, as no clock could: servers' differ.
const REMEMBERED: usize = 256;

/// Members whose connection was lost: their names are kept for them, and how much of theirs was heard.
#[derive(Debug, Default)]
pub(super) struct Departed(VecDeque<(Token, Nick, u64)>);

impl Departed {
    /// As they were.
    pub fn restored(members: impl IntoIterator<Item = (Token, Nick, u64)>) -> Self {
        Self(members.into_iter().collect())
    }

    /// One goes.
    pub fn put(&mut self, token: Token, nick: Nick, heard: u64) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((token, nick, heard));
    }

    /// One is back.
    pub fn take(&mut self, token: Token) -> Option<(Nick, u64)> {
        let at = self.0.iter().position(|(one, ..)| *one == token)?;
        self.0.remove(at).map(|(_, nick, heard)| (nick, heard))
    }

    /// The name, if it is kept for another one than `token`.
    pub fn owns(&self, token: Token, nick: &Nick) -> Option<Nick> {
        let folded = nick.folded();
        let mut names = self.0.iter().filter(|(one, ..)| *one != token);
        let found = names.find(|(_, nick, _)| nick.folded() == folded);
        found.map(|(_, nick, _)| nick.clone())
    }

    /// All of them, from the first that went.
    pub fn iter(&self) -> impl Iterator<Item = &(Token, Nick, u64)> + '_ {
        self.0.iter()
    }
}
