//! Wrong: decodes one frame a call, and leaves the others to the next (B87).
//! Caught by: frames_behind_one_another_are_all_decoded
//! Says: received  text, last, "one"
//! Says: Four frames came at once

/// A frame of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// FIN: a message ends with it.
    pub last: bool,
    /// What it is, from 0 to 15.
    pub opcode: u8,
    /// Its payload, without the mask.
    pub payload: Vec<u8>,
}

/// Why something is no frame for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// A client has to mask its frames.
    Unmasked,
    /// It is longer than [`LIMIT`].
    TooLong,
}

/// The longest payload that we take, in bytes.
pub const LIMIT: u64 = 100_000;

/// Reads frames in whatever pieces they come.
#[derive(Debug, Default)]
pub struct Decoder {
    /// What has come of a frame whose end hasn't.
    begun: Vec<u8>,
}

impl Decoder {
    /// The frames that `bytes` complete, behind all the bytes that were fed before.
    ///
    /// # Errors
    ///
    /// If there is one among them that we don't take.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, Bad> {
        self.begun.extend_from_slice(bytes);
        let mut frames = Vec::new();
        let mut rest = self.begun.as_slice();
        if let Some((frame, behind)) = frame(rest)? {
            frames.push(frame);
            rest = behind;
        }
        // Once, behind all frames: to cut each off the front would move the others each time.
        let used = self.begun.len() - rest.len();
        self.begun.drain(..used);
        Ok(frames)
    }
}

/// The frame at the front of `bytes`, and what is behind it; `None` if it isn't there as a whole.
fn frame(bytes: &[u8]) -> Result<Option<(Frame, &[u8])>, Bad> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    if second & 0x80 == 0 {
        return Err(Bad::Unmasked);
    }
    let Some((length, rest)) = length(second & 0x7f, rest) else {
        return Ok(None);
    };
    // First compared, then computed with: behind this, it fits into a usize and can't overflow.
    if length > LIMIT {
        return Err(Bad::TooLong);
    }
    let length = usize::try_from(length).map_err(|_| Bad::TooLong)?;
    let Some((key, rest)) = rest.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let Some((payload, rest)) = rest.split_at_checked(length) else {
        return Ok(None);
    };
    // The key begins anew with each frame, and not with each piece.
    let payload = payload.iter().zip(key.iter().cycle());
    let frame = Frame {
        last: first & 0x80 != 0,
        opcode: first & 0x0f,
        payload: payload.map(|(byte, key)| byte ^ key).collect(),
    };
    Ok(Some((frame, rest)))
}

/// The length that begins with seven bits and goes on in `rest`, and what is behind it.
fn length(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    Some(match short {
        126 => {
            let (bytes, rest) = rest.split_first_chunk()?;
            (u16::from_be_bytes(*bytes).into(), rest)
        }
        127 => {
            let (bytes, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*bytes), rest)
        }
        _ => (short.into(), rest),
    })
}
