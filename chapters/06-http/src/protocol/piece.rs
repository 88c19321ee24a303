//! Pieces of a body, as they are passed on.

/// A part of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Some bytes of it, one at least.
    Data(&'a [u8]),
    /// It is complete. The next request begins after it.
    End,
}

/// At most `left` bytes from the front of `data`, and how many are left then.
pub(super) fn take(data: &[u8], left: u64) -> (&[u8], u64) {
    let length = usize::try_from(left).map_or(data.len(), |left| left.min(data.len()));
    (&data[..length], left - length as u64)
}
