//! Wrong: refuses by its first bytes a length that isn't whole.
//! Caught by: a_length_may_be_cut
//! Says: received  Err(TooLarge)

/// The longest length that has the form of one byte.
const ONE_BYTE: u64 = 125;
/// The longest length that has the form of three bytes.
const THREE_BYTES: u64 = 0xffff;

/// Why something is no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// There is a shorter form for it.
    NotShortest,
    /// Its highest bit is 1.
    TooLarge,
}

/// The length as it stands in a frame, at most 2⁶³ − 1.
#[must_use]
pub fn write(length: u64) -> Vec<u8> {
    // The highest byte first: what is short lies in the last ones.
    let bytes = length.to_be_bytes();
    if length <= ONE_BYTE {
        bytes[7..].to_vec()
    } else if length <= THREE_BYTES {
        [&[126], &bytes[6..]].concat()
    } else {
        [&[127], &bytes[..]].concat()
    }
}

/// The length that `bytes` begin with, and how many of them it takes; `None` if there are more to come.
///
/// # Errors
///
/// If that is no length.
pub fn read(bytes: &[u8]) -> Result<Option<(u64, usize)>, Bad> {
    let Some((&first, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    // Without MASK, and before anything else: behind that, 126 is 126.
    let (length, used, too_short) = match first & 0x7f {
        126 => match rest.first_chunk() {
            Some(two) => (u16::from_be_bytes(*two).into(), 3, ONE_BYTE),
            None => return Ok(None),
        },
        127 => match rest.first_chunk() {
            None if rest.first().is_some_and(|high| high & 0x80 != 0) => return Err(Bad::TooLarge),
            Some(eight) => (u64::from_be_bytes(*eight), 9, THREE_BYTES),
            None => return Ok(None),
        },
        short => return Ok(Some((short.into(), 1))),
    };
    if length >> 63 != 0 {
        return Err(Bad::TooLarge);
    }
    // This form is for what the form before it is too short for.
    if length <= too_short {
        return Err(Bad::NotShortest);
    }
    Ok(Some((length, used)))
}
