//! The codes of logins: what waits with which, and which are no longer good.
//!
//! ```text
//!   Waiting ──► Used | Declined | Expired | Left          each code once, and never back
//! ```

use std::collections::{HashMap, VecDeque};
use std::io;
use std::time::Duration;

use super::drawings::Drawings;
use crate::random::Random;

/// What names a login, and proves that one has seen its code: 128 bits that can't be guessed.
pub(super) type Token = [u8; 16];

/// How many codes may be good at the same time.
const MOST: usize = 1000;

/// How many of these one address may have. A household or an office may share one.
const MOST_OF_ONE: usize = 50;

/// How many codes that are no longer good are remembered.
const REMEMBERED: usize = 1000;

/// Codes, and what waits with them: a `W` each.
#[derive(Debug)]
pub(crate) struct Logins<W> {
    /// How long a code is good.
    pub life: Duration,
    /// The pages that wait for the images of their codes.
    pub drawings: Drawings,
    random: Random,
    waiting: HashMap<Token, W>,
    /// The newest first.
    ended: VecDeque<(Token, End)>,
}

/// Why a code is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Used,
    Declined,
    Expired,
    Left,
}

impl End {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Used => "This code has been used already.",
            Self::Declined => "This code has been declined.",
            Self::Expired => "This code has expired.",
            Self::Left => "The page that showed this code is gone.",
        }
    }
}

impl<W> Logins<W> {
    pub fn open(life: Duration) -> io::Result<Self> {
        Ok(Self {
            life,
            drawings: Drawings::default(),
            random: Random::open()?,
            waiting: HashMap::new(),
            ended: VecDeque::new(),
        })
    }

    /// Whether there may be another login: of those that wait, these are `of_one` address.
    pub fn has_room(&self, of_one: impl Fn(&W) -> bool) -> bool {
        let of_one = self.waiting.values().filter(|waiting| of_one(waiting));
        self.waiting.len() < MOST && of_one.count() < MOST_OF_ONE
    }

    /// Begins a login: its code.
    pub fn begin(&mut self, waiting: W) -> io::Result<Token> {
        let token = self.random.bytes()?;
        self.waiting.insert(token, waiting);
        Ok(token)
    }

    /// What waits with this code.
    ///
    /// # Errors
    /// The sentence that says why nothing does.
    pub fn find(&self, token: &Token) -> Result<&W, &'static str> {
        self.waiting.get(token).ok_or_else(|| self.why_not(token))
    }

    /// Ends a login, which can be done once: after that it isn't found.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn end(&mut self, token: &Token, how: End) -> Result<W, &'static str> {
        let waiting = self.waiting.remove(token);
        let waiting = waiting.ok_or_else(|| self.why_not(token))?;
        self.ended.truncate(REMEMBERED - 1);
        self.ended.push_front((*token, how));
        Ok(waiting)
    }

    fn why_not(&self, token: &Token) -> &'static str {
        let ended = self.ended.iter().find(|(known, _)| known == token);
        ended.map_or("This server knows no such code.", |(_, end)| end.text())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::{End, Logins, MOST, MOST_OF_ONE, REMEMBERED, Token};

    fn begin(logins: &mut Logins<&'static str>) -> Token {
        logins.begin("a page").expect("random bytes")
    }

    fn logins() -> Logins<&'static str> {
        Logins::open(Duration::from_mins(1)).expect("random bytes")
    }

    #[test]
    fn a_code_ends_once_and_is_remembered_for_why() {
        for end in [End::Used, End::Declined, End::Expired, End::Left] {
            let mut logins = logins();
            let token = begin(&mut logins);
            assert_eq!(logins.find(&token), Ok(&"a page"));
            assert_eq!(logins.end(&token, end), Ok("a page"));
            assert_eq!(logins.find(&token).unwrap_err(), end.text());
            assert_eq!(logins.end(&token, End::Used).unwrap_err(), end.text());
        }
    }

    #[test]
    fn what_is_remembered_of_old_codes_is_bounded() {
        let mut logins = logins();
        let tokens: Vec<_> = (0..=REMEMBERED).map(|_| begin(&mut logins)).collect();
        for token in &tokens {
            logins.end(token, End::Left).expect("a login");
        }
        assert_eq!(logins.ended.len(), REMEMBERED);
        assert!(logins.find(&tokens[0]).unwrap_err().contains("no such"));
        assert_eq!(logins.find(&tokens[1]).unwrap_err(), End::Left.text());
        assert!(logins.waiting.is_empty());
    }

    #[test]
    fn one_address_has_a_share_of_the_codes_and_all_have_a_limit() {
        let mut logins = Logins::open(Duration::from_mins(1)).expect("random bytes");
        for address in 0..MOST / MOST_OF_ONE {
            for _ in 0..MOST_OF_ONE {
                assert!(logins.has_room(|waiting| *waiting == address));
                logins.begin(address).expect("random bytes");
            }
            assert!(!logins.has_room(|waiting| *waiting == address));
        }
        assert!(!logins.has_room(|_| false), "not even for another address");
    }

    #[test]
    fn no_two_codes_are_alike() {
        let mut logins = logins();
        let tokens: HashSet<_> = (0..1000).map(|_| begin(&mut logins)).collect();
        assert_eq!(tokens.len(), 1000);
    }
}
