//! Nicks: what members call themselves.

use std::fmt;
use std::rc::Rc;

use names::Folded;

use super::unfit::Unfit;

/// What a member is called. It is shared, however many hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nick(Rc<str>);

impl Nick {
    /// The longest nick, in characters.
    pub const MAX: usize = Unfit::LONGEST;

    /// The nick with this name.
    ///
    /// ```
    /// use ch08_chat::{Nick, Unfit};
    ///
    /// let (alice, bob) = (Nick::new("Alice")?, Nick::new("bob")?);
    /// assert_eq!(alice.folded(), Nick::new("ALICE")?.folded());
    /// assert_ne!(alice.folded(), bob.folded());
    /// assert_eq!(Nick::new("bob\u{a0}"), Err(Unfit::Space));
    /// # Ok::<(), Unfit>(())
    /// ```
    ///
    /// # Errors
    /// The first of the rules that it breaks.
    pub fn new(name: &str) -> Result<Self, Unfit> {
        match Unfit::of(name) {
            Some(unfit) => Err(unfit),
            None => Ok(Self(name.into())),
        }
    }

    /// What a newcomer is called.
    #[must_use]
    pub fn guest(number: u32) -> Self {
        Self(format!("guest-{number}").into())
    }

    /// The number of a nick that [`Self::guest`] could have made.
    #[must_use]
    pub fn guest_number(&self) -> Option<u32> {
        let folded = self.folded();
        let number = folded.as_str().strip_prefix("guest-")?.parse();
        number.ok()
    }

    /// The same for comparing.
    #[must_use]
    pub fn folded(&self) -> Folded {
        Folded::new(&self.0)
    }

    /// The same as a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
