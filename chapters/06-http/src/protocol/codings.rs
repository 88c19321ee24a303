//! What the Transfer-Encoding fields of a head have named so far.

use super::token::{is_token, trim};
use crate::Error;

/// The transfer codings that a head has named so far. Several fields are one list (RFC 9110 §5.3),
/// so only the end of the head tells which coding is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Codings {
    /// No field has come.
    #[default]
    None,
    /// Others than `chunked`.
    Others,
    /// `chunked` alone.
    Chunked,
    /// Others, and `chunked` last.
    OthersAndChunked,
}

impl Codings {
    /// The same with the elements of another field's `value` behind them.
    ///
    /// # Errors
    /// [`Error::Coding`] for an element after `chunked`, and for one that isn't a token. RFC 9110
    /// §5.6.1.2 has a recipient overlook empty elements; here, not all programs do, and the next
    /// one may see another body.
    pub fn and(self, value: &[u8]) -> Result<Self, Error> {
        let mut codings = value.split(|&byte| byte == b',').map(trim);
        codings.try_fold(self, Self::and_one)
    }

    fn and_one(self, coding: &[u8]) -> Result<Self, Error> {
        let is_chunked = coding.eq_ignore_ascii_case(b"chunked");
        match self {
            Self::None if is_chunked => Ok(Self::Chunked),
            Self::Others if is_chunked => Ok(Self::OthersAndChunked),
            Self::None | Self::Others if is_token(coding) => Ok(Self::Others),
            _ => Err(Error::Coding),
        }
    }

    /// The rule for the whole list, at the end of the head.
    ///
    /// # Errors
    /// [`Error::Coding`] without `chunked` at the end: there is no telling where the body ends (RFC
    /// 9112 §6.3). [`Error::CodingUnknown`] for others below it: they may be right, and are unknown
    /// here (§6.1).
    pub const fn check(self) -> Result<(), Error> {
        match self {
            Self::None | Self::Chunked => Ok(()),
            Self::Others => Err(Error::Coding),
            Self::OthersAndChunked => Err(Error::CodingUnknown),
        }
    }
}
