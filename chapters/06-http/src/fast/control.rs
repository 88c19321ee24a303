//! Control characters, found eight bytes at a time.

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The place of the first control character but HTAB at or after `from`; the end, without one.
#[inline(never)] // it has too many constants to share its registers with others
pub(crate) fn find_control(input: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = input.get(at..).and_then(<[u8]>::first_chunk) {
        let suspects = suspects(u64::from_le_bytes(*word));
        if suspects == 0 {
            at += 8;
            continue;
        }
        at += suspects.trailing_zeros() as usize / 8;
        if is_control(input[at]) {
            return at;
        }
        at += 1;
    }
    while input.get(at).is_some_and(|byte| !is_control(*byte)) {
        at += 1;
    }
    at
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

/// The highest bit of each byte of `word` that is a control character, and perhaps of others.
///
/// Eight bytes at a time: of a byte below 0x80, taking 0x20 sets that bit if it was less, and adding 1
/// if it was 0x7f. What is borrowed or carried from one byte to the next can make a suspect of a
/// byte that is none, and never hides one.
#[inline]
fn suspects(word: u64) -> u64 {
    let changed = word.wrapping_sub(eight(0x20)) | word.wrapping_add(eight(1));
    changed & !word & eight(0x80)
}
