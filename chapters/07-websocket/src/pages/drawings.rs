//! The images of codes, one after another: to draw one takes a thousand times as long as to ask for it.
//!
//! ```text
//!   /ws/login ──► its link, at once
//!            └──► Drawings: [first, second, …]      the first has a timer, the others wait
//!                              │ drawn, or gone ──► the next has a timer
//! ```
//!
//! A callback that takes a millisecond holds up every other connection for as long. So a page waits for
//! its image, there is a pause after each, and whatever many pages ask for, the drawing takes only a
//! small part of the time.

use std::collections::VecDeque;
use std::time::Duration;

use reactor::{ConnId, Io};

/// The key of the timer of a page that waits for its image.
pub(super) const DRAW: u8 = 1;

/// From one drawing to the next.
const PAUSE: Duration = Duration::from_millis(20);

/// The pages that wait for an image.
#[derive(Debug, Default)]
pub(crate) struct Drawings {
    waiting: VecDeque<ConnId>,
    /// Before this time on the reactor's clock none is drawn.
    next: Duration,
}

impl Drawings {
    /// The page `id` waits for an image from now on.
    pub fn add(&mut self, io: &mut Io, id: ConnId) {
        self.waiting.push_back(id);
        if self.waiting.len() == 1 {
            self.set_timer(io);
        }
    }

    /// The timer of the page `id` has run out: it is its turn, and then that of the next.
    pub fn take_turn(&mut self, io: &mut Io, id: ConnId) {
        self.next = io.now() + PAUSE;
        self.remove(io, id);
    }

    /// The page `id` waits no longer.
    pub fn remove(&mut self, io: &mut Io, id: ConnId) {
        let was_first = self.waiting.front() == Some(&id);
        self.waiting.retain(|&waiting| waiting != id);
        if was_first {
            self.set_timer(io);
        }
    }

    fn set_timer(&self, io: &mut Io) {
        if let Some(&first) = self.waiting.front() {
            let wait = self.next.saturating_sub(io.now());
            io.set_timer(first, DRAW, wait);
        }
    }
}
