//! # 07-3 125, 126, 65,535, 65,536
//!
//! The length of a WebSocket frame's payload has three forms (RFC 6455 §5.2). The first byte here is byte 1 of the
//! frame; its highest bit is MASK and no part of the length.
//!
//! | length | first byte, without MASK | then |
//! | --- | --- | --- |
//! | 0 to 125 | the length | nothing |
//! | 126 to 65,535 | 126 | 2 bytes |
//! | 65,536 to 2⁶³ − 1 | 127 | 8 bytes |
//!
//! Document 003 has a function for each way, and both go wrong from 126 bytes on: one looks for 126 in the bit of
//! MASK, the bytes of the length are not put into order, and 65,535 is not among those that have two bytes
//! (bugs B83, B84 and B85). [`write`] and [`read`] have such faults, and lack what the document has no line for,
//! either: nobody asks whether a length may stand there as it does. As each of them undoes what the other does,
//! most lengths come back as they were sent. A test that asks only these two would be content; a browser isn't.
//!
//! Mend both:
//!
//! - [`write`] gives a length the shortest of the three forms, without MASK. Its highest byte comes first.
//! - [`read`] gives the length at the front of `bytes`, with or without MASK, and how many bytes it takes. `None`
//!   means that more bytes are needed.
//! - [`read`] refuses a length that isn't in the shortest form, [`Bad::NotShortest`], and one whose highest bit
//!   of 64 is 1, [`Bad::TooLarge`]. The RFC says “MUST” of both. They are refused when all their bytes are there.
//!
//! Read: `byteorder(3)`, [`u16::to_be_bytes`].

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
    let mut bytes = Vec::new();
    if length <= ONE_BYTE {
        bytes.extend_from_slice(&length.to_le_bytes()[..1]);
    } else if length < THREE_BYTES {
        bytes.push(126);
        bytes.extend_from_slice(&length.to_le_bytes()[..2]);
    } else {
        bytes.push(127);
        bytes.extend_from_slice(&length.to_le_bytes());
    }
    bytes
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
    Ok(match first {
        126 => rest
            .first_chunk()
            .map(|two| (u16::from_le_bytes(*two).into(), 3)),
        127 => rest
            .first_chunk()
            .map(|eight| (u64::from_le_bytes(*eight), 9)),
        _ => Some((u64::from(first & 0x7f), 1)),
    })
}
