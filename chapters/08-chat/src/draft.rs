//! The draft of one letter: worded once per protocol, however many get it.

use crate::Protocol;
use crate::event::Event;

/// The wordings of one event. Their memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    lines: Vec<u8>,
    frames: Vec<u8>,
}

/// Memory that is kept from one draft to the next, per protocol.
const KEPT: usize = 64 * 1024;

impl Draft {
    /// The next event comes.
    pub fn begin(&mut self) {
        for wording in [&mut self.lines, &mut self.frames] {
            wording.clear();
            wording.shrink_to(KEPT);
        }
    }

    /// The event in the words of `protocol`. It has to be the same event since [`Self::begin`].
    // ANCHOR: wording
    pub fn wording(&mut self, event: &Event, protocol: Protocol) -> &[u8] {
        let wording = match protocol {
            Protocol::Lines => &mut self.lines,
            Protocol::Json => &mut self.frames,
        };
        if wording.is_empty() {
            protocol.write(event, wording);
        }
        wording
    }
    // ANCHOR_END: wording

    /// Bytes of the longer wording.
    pub fn len(&self) -> usize {
        self.lines.len().max(self.frames.len())
    }
}
