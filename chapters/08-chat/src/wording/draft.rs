//! The draft of one letter: worded once per protocol, however many get it.

use std::collections::BTreeMap;

use bytes::Bytes;
use websocket::deflate::{Agreement, Deflation, Window};

use super::json;
use super::seat::Protocol;
use crate::Event;

/// The wordings of one event, each of which all that get it share.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    lines: Bytes,
    frames: Bytes,
    compressed: Bytes,
    deflation: Deflation,
    /// How many members take compressed frames, by the window that they can do with.
    windows: BTreeMap<Window, usize>,
}

impl Draft {
    /// The next event comes.
    pub fn begin(&mut self) {
        self.lines.clear();
        self.frames.clear();
        self.compressed.clear();
    }

    /// There is a member that agrees to this. From the next event on, nothing is compressed with a
    /// larger window than it has.
    pub fn add(&mut self, member: Agreement) {
        *self.windows.entry(member.server.window).or_default() += 1;
    }

    /// Its connection is gone.
    pub fn remove(&mut self, member: Agreement) {
        let window = member.server.window;
        if let Some(count) = self.windows.get_mut(&window) {
            *count -= 1;
            if *count == 0 {
                self.windows.remove(&window);
            }
        }
    }

    /// The event in the words of `protocol`. It has to be the same event since [`Self::begin`].
    // ANCHOR: wording
    pub fn wording(&mut self, event: &Event, protocol: Protocol) -> &Bytes {
        let wording = match protocol {
            Protocol::Lines => &mut self.lines,
            Protocol::Json => &mut self.frames,
            Protocol::Compressed => {
                if self.compressed.is_empty() {
                    let smallest = self.windows.keys().next();
                    let window = *smallest.unwrap_or(&Window::SMALLEST);
                    let mut written = Vec::new();
                    json::write_compressed(event, window, &mut self.deflation, &mut written);
                    self.compressed = written.into();
                }
                return &self.compressed;
            }
        };
        if wording.is_empty() {
            let mut written = Vec::new();
            protocol.write(event, &mut written);
            *wording = written.into();
        }
        wording
    }
    // ANCHOR_END: wording

    /// Bytes of the longest wording.
    pub fn len(&self) -> usize {
        let frames = self.frames.len().max(self.compressed.len());
        self.lines.len().max(frames)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use websocket::deflate::{Agreement, Policy, agree};

    use super::Draft;
    use crate::{Event, Protocol};

    const ONE: Event = Event::Notice("one");
    const OTHER: Event = Event::Notice("other");

    #[test]
    fn an_event_is_worded_once_per_protocol_however_many_ask() {
        let mut draft = Draft::default();
        draft.begin();
        for protocol in [Protocol::Lines, Protocol::Json, Protocol::Compressed] {
            let first = draft.wording(&ONE, protocol).to_vec();
            // Nobody may ask for another one here: that it isn't looked at shows the rule.
            assert_eq!(draft.wording(&OTHER, protocol)[..], first);
        }
    }

    /// 700 signs in which little repeats, twice: a window of 512 bytes holds none of the first. What is
    /// before them makes it shorter with any window.
    static TWICE: LazyLock<String> = LazyLock::new(|| {
        let mut state = 1_u32;
        let signs = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'0' + state.to_le_bytes()[2] % 64)
        });
        "a".repeat(200) + &signs.take(700).collect::<String>().repeat(2)
    });

    fn agreement(bits: u8) -> Agreement {
        let offer = format!("permessage-deflate; server_max_window_bits={bits}");
        let agreed = agree([offer.as_bytes()], Policy::default());
        agreed.expect("a list").expect("an agreement")
    }

    #[test]
    fn the_smallest_window_that_a_member_has_is_compressed_with() {
        let mut draft = Draft::default();
        draft.add(agreement(15));
        let length = |draft: &mut Draft| {
            draft.begin();
            let frames = draft.wording(&Event::Notice(&TWICE), Protocol::Compressed);
            assert_eq!(frames[0], 0xc1, "FIN, RSV1, text");
            frames.len()
        };
        let all_large = length(&mut draft);
        draft.add(agreement(9));
        let one_small = length(&mut draft);
        draft.remove(agreement(9));
        assert!(
            one_small > all_large + 300,
            "{one_small} and {all_large} bytes"
        );
        assert_eq!(length(&mut draft), all_large);
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
