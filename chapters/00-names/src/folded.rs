//! Names for comparing: what reads as one name is one.

use std::borrow::Cow;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{DecomposingNormalizer, DecomposingNormalizerBorrowed};

use crate::visible::is_invisible;

/// A name without regard to case and to how its characters are encoded: two that are equal here are
/// taken for one. It is plain text, and may go to another thread.
///
/// `Å` may be one character or an `A` and a ring; `ﬁ`, `２` and `ａ` are other forms of `fi`, `2` and
/// `a`; capital letters have small ones. Unicode calls two names that differ in nothing else a
/// *compatibility caseless match* (The Unicode Standard §3.13, D146). Here characters that nobody
/// sees are left out, too, as in its `NFKC_Casefold`.
///
/// Letters of different scripts that merely look alike stay different: Latin `a` and Cyrillic `а`.
///
/// ```
/// use ch00_names::Folded;
///
/// assert_eq!(Folded::new("\u{c5}sa"), Folded::new("A\u{30a}SA"));
/// assert_ne!(Folded::new("alice"), Folded::new("alicé"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folded(String);

impl Folded {
    /// Any name for comparing: to look for the one who is called so.
    #[must_use]
    pub fn new(name: &str) -> Self {
        const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();
        const CANONICAL: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizer::new_nfd();
        const COMPATIBLE: DecomposingNormalizerBorrowed<'static> =
            DecomposingNormalizer::new_nfkd();
        let fold = |name: &str| CASE.fold_string(name).into_owned();
        let decompose = |name: &str| COMPATIBLE.normalize(name).into_owned();

        let seen: Cow<'_, str> = if name.contains(is_invisible) {
            name.replace(is_invisible, "").into()
        } else {
            name.into()
        };
        let name = fold(&CANONICAL.normalize(&seen));
        Self(decompose(&fold(&decompose(&name))))
    }

    /// The same as a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
