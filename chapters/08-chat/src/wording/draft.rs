//! The draft of one letter: worded once per protocol, however many get it.

use bytes::Bytes;

use super::seat::Protocol;
use crate::Event;

/// The wordings of one event, each of which all that get it share.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    lines: Bytes,
    frames: Bytes,
}

impl Draft {
    /// The next event comes.
    pub fn begin(&mut self) {
        self.lines.clear();
        self.frames.clear();
    }

    /// The event in the words of `protocol`. It has to be the same event since [`Self::begin`].
    // ANCHOR: wording
    pub fn wording(&mut self, event: &Event, protocol: Protocol) -> &Bytes {
        let wording = match protocol {
            Protocol::Lines => &mut self.lines,
            Protocol::Json => &mut self.frames,
        };
        if wording.is_empty() {
            let mut written = Vec::new();
            protocol.write(event, &mut written);
            *wording = written.into();
        }
        wording
    }
    // ANCHOR_END: wording

    /// Bytes of the longer wording.
    pub fn len(&self) -> usize {
        self.lines.len().max(self.frames.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use crate::{Event, Protocol};

    const ONE: Event = Event::Notice("one");
    const OTHER: Event = Event::Notice("other");

    #[test]
    fn an_event_is_worded_once_per_protocol_however_many_ask() {
        let mut draft = Draft::default();
        draft.begin();
        for protocol in [Protocol::Lines, Protocol::Json] {
            let first = draft.wording(&ONE, protocol).to_vec();
            // Nobody may ask for another one here: that it isn't looked at shows the rule.
            assert_eq!(draft.wording(&OTHER, protocol)[..], first);
        }
    }

    #[test]
    fn the_next_event_is_worded_anew() {
        let mut draft = Draft::default();
        for (event, line) in [(&ONE, "- one\n"), (&OTHER, "- other\n")] {
            draft.begin();
            assert_eq!(draft.wording(event, Protocol::Lines)[..], *line.as_bytes());
        }
    }
}
