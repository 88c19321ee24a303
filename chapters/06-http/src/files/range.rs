//! Parts of a file: the field `Range`.

use std::ops::Range;

/// What a `Range` field asks of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing that is granted: the whole file is the answer.
    Whole,
    /// These bytes, at least one.
    Part(Range<u64>),
    /// Only bytes that the file doesn't have.
    Nothing,
}

/// Reads the value of a `Range` field for a file of `length` bytes (RFC 9110 §14.2).
///
/// ```text
/// bytes=0-499    the first 500        bytes=-500    the last 500
/// bytes=500-     from the 501st on    bytes=0-0,-1  two ranges
/// ```
///
/// Several ranges get the whole file: the server may ignore the field (§14.2), and hundreds of small
/// ranges, or of ranges that overlap, are a known attack (§17.15). Their answer, `multipart/byteranges`,
/// is needed by few: zsync gives up without it. A value that isn't understood gets the whole, too.
pub(super) fn wanted(value: &[u8], length: u64) -> Wanted {
    let Some((first, last)) = only_range(value) else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        // The last bytes. The whole file, where it has fewer (§14.1.2).
        (None, Some(0)) if first.is_empty() => Wanted::Nothing,
        // There is no way to write “none of none”.
        (None, Some(_)) if first.is_empty() && length == 0 => Wanted::Whole,
        (None, Some(count)) if first.is_empty() => {
            Wanted::Part(length.saturating_sub(count)..length)
        }
        (Some(first), Some(last)) if last < first => Wanted::Whole,
        (Some(first), Some(_)) if first >= length => Wanted::Nothing,
        (Some(first), Some(last)) => Wanted::Part(first..length.min(last.saturating_add(1))),
        (Some(first), None) if last.is_empty() && first >= length => Wanted::Nothing,
        (Some(first), None) if last.is_empty() => Wanted::Part(first..length),
        _ => Wanted::Whole,
    }
}

/// What comes before and after the hyphen of the only range. An empty element of a list counts
/// for nothing (§5.6.1.2).
fn only_range(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (unit, set) = value.split_at_checked(b"bytes=".len())?;
    if !unit.eq_ignore_ascii_case(b"bytes=") {
        return None;
    }
    let mut ranges = set
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|range| !range.is_empty());
    let range = ranges.next()?;
    if ranges.next().is_some() {
        return None;
    }
    let hyphen = range.iter().position(|byte| *byte == b'-')?;
    Some((&range[..hyphen], &range[hyphen + 1..]))
}

/// One digit or more. A number too large for 64 bits is beyond the end of any file, and so is the
/// largest of 64 bits.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

#[cfg(test)]
mod tests;
