//! A turn's share: how much is said to all before the sockets get their turn.
//!
//! Callbacks only queue; what is queued goes out when the turn ends. If a thousand members said
//! something in one turn, all of it would wait for everybody at the end, and the fastest of them
//! would look slow. So a turn has its share, and members that come later speak in the next.

use std::time::Duration;

/// Bytes said to all in one turn before the others wait: some way below what a member may have
/// waiting ([`MAX_WAITING`](crate::MAX_WAITING)).
const SHARE: usize = 64 * 1024;

/// What has been said in the turn that runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    /// When it began: the reactor's clock stands still within a turn.
    began: Duration,
    said: usize,
}

impl Turn {
    /// So many bytes were said to all at `now`.
    pub fn add(&mut self, now: Duration, bytes: usize) {
        if self.began != now {
            *self = Self {
                began: now,
                said: 0,
            };
        }
        self.said += bytes;
    }

    /// Whether the turn that runs at `now` has had its share.
    pub fn is_over(&self, now: Duration) -> bool {
        self.began == now && self.said >= SHARE
    }
}

#[cfg(test)]
mod tests {
    use super::{SHARE, Turn};
    use std::time::Duration;

    const NOW: Duration = Duration::from_secs(7);
    const LATER: Duration = Duration::from_secs(8);

    #[test]
    fn a_turn_is_over_when_its_share_is_used_up_and_the_next_has_its_own() {
        let mut turn = Turn::default();
        turn.add(NOW, SHARE - 1);
        assert!(!turn.is_over(NOW));
        turn.add(NOW, 1);
        assert!(turn.is_over(NOW));
        assert!(!turn.is_over(LATER));
        turn.add(LATER, 1);
        assert!(!turn.is_over(LATER));
    }
}
