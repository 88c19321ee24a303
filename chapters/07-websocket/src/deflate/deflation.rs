//! What all connections share to deflate with, and what is worth it.

use super::agreement::{Direction, Takeover};
use super::deflater::Deflater;
use super::window::Window;

/// Messages that are shorter aren't compressed, if they begin with an empty window: there is too
/// little in them that repeats.
const WORTH_ALONE: usize = 256;

/// Nor are these, if earlier messages are in the window.
const WORTH_AFTER_OTHERS: usize = 32;

/// So many bytes a message may get longer, if later ones can refer to it: the first line of a talk has
/// little that repeats, and the second has all of the first.
const LENT: usize = 8;

/// Of a message that is longer than four times as much, so many bytes are tried first: if these don't
/// get shorter, the rest is taken to be like them.
const PROBE: usize = 1024;

/// Memory for compressed bytes that is kept from one message to the next.
const KEPT: usize = 128 * 1024;

/// Deflaters for messages without takeover, one for each window that is in use, and the place where
/// compressed bytes lie.
#[derive(Debug, Default)]
pub struct Deflation {
    deflaters: [Option<Deflater>; Window::COUNT],
    out: Vec<u8>,
}

impl Deflation {
    /// Deflates a whole message with an empty window, for all that have one of this size or a larger
    /// one. `None` if it is sent as it is, because it wouldn't get shorter.
    pub fn alone(&mut self, window: Window, message: &[u8]) -> Option<&[u8]> {
        let reset = Direction {
            window,
            takeover: Takeover::Reset,
        };
        self.message(reset, &mut None, message)
    }

    /// Deflates a whole message, with `own` if there is takeover. `None` if it is sent as it is.
    /// Without takeover a message has to be shorter by that than it was.
    // ANCHOR: message
    pub(super) fn message(
        &mut self,
        direction: Direction,
        own: &mut Option<Deflater>,
        message: &[u8],
    ) -> Option<&[u8]> {
        let takeover = direction.takeover;
        let worth = match takeover {
            Takeover::Kept => WORTH_AFTER_OTHERS,
            Takeover::Reset => WORTH_ALONE,
        };
        if message.len() < worth || !self.is_promising(message) {
            return None;
        }
        self.deflate(direction, own, message, true);
        let allowed = match takeover {
            Takeover::Kept => message.len() + LENT, // the next ones may pay it back
            Takeover::Reset => message.len() - 1,
        };
        if self.out.len() <= allowed {
            return Some(&self.out);
        }
        // The peer won't see these bytes compressed: nothing later may refer to them.
        if let Some(own) = own {
            own.reset();
        }
        None
    }
    // ANCHOR_END: message

    /// Deflates a part of a message which others may follow.
    pub(super) fn fragment(
        &mut self,
        direction: Direction,
        own: &mut Option<Deflater>,
        bytes: &[u8],
        last: bool,
    ) -> &[u8] {
        self.deflate(direction, own, bytes, last);
        &self.out
    }

    /// Whether a message that begins so is likely to get shorter.
    pub(super) fn is_promising(&mut self, message: &[u8]) -> bool {
        if message.len() <= 4 * PROBE {
            return true; // to try costs little
        }
        let reset = Direction {
            window: Window::LARGEST,
            takeover: Takeover::Reset,
        };
        self.deflate(reset, &mut None, &message[..PROBE], true);
        self.out.len() < PROBE
    }

    fn deflate(
        &mut self,
        direction: Direction,
        own: &mut Option<Deflater>,
        bytes: &[u8],
        last: bool,
    ) {
        let Direction { window, takeover } = direction;
        self.out.clear();
        self.out.shrink_to(KEPT);
        let deflater = match takeover {
            Takeover::Kept => own.get_or_insert_with(|| Deflater::new(window)),
            Takeover::Reset => {
                let shared = &mut self.deflaters[window.index()];
                let shared = shared.get_or_insert_with(|| Deflater::new(window));
                shared.reset();
                shared
            }
        };
        deflater.deflate(bytes, last, &mut self.out);
    }
}
