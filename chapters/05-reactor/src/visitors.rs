//! Visitors: how many connections have come in by which door, and are still there.

/// How many connections each listener has brought that are still there.
#[derive(Debug, Default)]
pub(crate) struct Visitors(Vec<usize>);

impl Visitors {
    /// Those that this `door` has brought.
    pub fn count(&self, door: u16) -> usize {
        self.0.get(usize::from(door)).copied().unwrap_or_default()
    }

    /// One more has come in by this `door`.
    pub fn come(&mut self, door: u16) {
        let door = usize::from(door);
        if self.0.len() <= door {
            self.0.resize(door + 1, 0);
        }
        self.0[door] += 1;
    }

    /// One has gone that came in by this `door`, if it came in.
    pub fn gone(&mut self, door: Option<u16>) {
        if let Some(count) = door.and_then(|door| self.0.get_mut(usize::from(door))) {
            *count -= 1;
        }
    }
}
