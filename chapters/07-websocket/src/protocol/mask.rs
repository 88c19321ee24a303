//! Masks: payload bytes from a client are combined, by XOR, with four bytes that couldn't be foreseen.
//!
//! ```text
//!   payload   48 65 6c 6c 6f        H  e  l  l  o
//!   key       37 fa 21 3d 37 fa …   four bytes, over and over
//!             ─────────────── XOR
//!   on wire   7f 9f 4d 51 58        and XOR once more gives the payload back
//! ```
//!
//! It hides nothing: the key stands before the payload. It protects those between the two sides. A
//! page in a browser can choose a payload that looks like an HTTP request, and a proxy which knows
//! no WebSocket could take it for one; it can't choose what that looks like on the wire (RFC 6455
//! §10.3).

/// A masking key (RFC 6455 §5.3), and how far a payload has got with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// Its first byte is for the next byte of the payload.
    key: [u8; 4],
}

impl Mask {
    /// The mask with this key, for the first byte of a payload.
    #[inline]
    #[must_use]
    pub const fn new(key: [u8; 4]) -> Self {
        Self { key }
    }

    /// The key, turned to the next byte of the payload.
    #[inline]
    #[must_use]
    pub const fn key(self) -> [u8; 4] {
        self.key
    }

    /// Masks the next bytes of a payload in place, or unmasks them: that is the same.
    ///
    /// Eight bytes at a time, and the compiler makes sixteen or more of that; in blocks of 64, so
    /// that it needn't count each time. A payload may come in pieces: the key turns with them.
    ///
    /// ```
    /// use ch07_websocket::Mask;
    ///
    /// let mut payload = *b"\x7f\x9f\x4d\x51\x58";
    /// let mut mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);
    /// mask.apply(&mut payload[..2]);
    /// mask.apply(&mut payload[2..]);
    /// assert_eq!(&payload, b"Hello");
    /// ```
    #[inline]
    // ANCHOR: apply
    pub fn apply(&mut self, payload: &mut [u8]) {
        let [a, b, c, d] = self.key;
        let twice = [a, b, c, d, a, b, c, d];
        let (blocks, rest) = payload.as_chunks_mut::<64>();
        for block in blocks {
            apply_words(block.as_chunks_mut().0, twice);
        }
        let (words, rest) = rest.as_chunks_mut();
        apply_words(words, twice);
        for (byte, key) in rest.iter_mut().zip(twice) {
            *byte ^= key;
        }
        // Whole words leave the key as it was; of the rest, each byte turns it by one.
        let turn = rest.len() % 4;
        self.key = [
            twice[turn],
            twice[turn + 1],
            twice[turn + 2],
            twice[turn + 3],
        ];
    }
    // ANCHOR_END: apply
}

#[inline]
fn apply_words(words: &mut [[u8; 8]], key: [u8; 8]) {
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(key)).to_ne_bytes();
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Mask;

    proptest! {
        #[test]
        fn each_byte_meets_its_byte_of_the_key(
            payload in vec(any::<u8>(), 0..100),
            key: [u8; 4],
            start in 0..100_usize,
            cuts in vec(0..100_usize, 0..4),
        ) {
            let start = start.min(payload.len());
            let expected: Vec<_> = payload[start..]
                .iter()
                .zip(key.iter().cycle())
                .map(|(byte, key)| byte ^ key)
                .collect();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (payload.len() - start + 1)).collect();
            cuts.push(payload.len() - start);
            cuts.sort_unstable();
            // At any place in memory, in pieces of any length.
            let mut masked = payload;
            let (mut mask, mut at) = (Mask::new(key), 0);
            for cut in cuts {
                mask.apply(&mut masked[start..][at..cut]);
                at = cut;
            }
            prop_assert_eq!(&masked[start..], expected);
            prop_assert_eq!(mask.key()[0], key[at % 4]);
        }
    }
}
