//! Wrong: tells a member from the last one on its seat, and not from the one before that.
//! Caught by: an_old_seat_never_means_anybody_again
//! Says: received  whispered to 5 guests

use std::collections::VecDeque;

/// The connection is no longer there.
#[derive(Debug)]
pub struct Gone;

/// What a line is sent through.
pub trait Wire {
    /// Sends a line to one member.
    ///
    /// # Errors
    ///
    /// If its connection is gone.
    fn send(&mut self, line: &str) -> Result<(), Gone>;
}

/// Names a member: where it sits, and how many have sat there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat(usize, u32);

struct Member<W> {
    name: String,
    wire: W,
    /// Who has whispered to it last: that is who it replies to.
    whispered: Option<Seat>,
}

/// Members, and what they say to each other.
pub struct Room<W> {
    /// Each with its generation: how many have sat there before.
    seats: Vec<(u32, Option<Member<W>>)>,
    free: Vec<usize>,
    /// The seats of those who are here, as they came.
    order: Vec<Seat>,
}

impl<W: Wire> Room<W> {
    /// A room with nobody in it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seats: Vec::new(),
            free: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Gives a newcomer a seat.
    pub fn join(&mut self, name: &str, wire: W) -> Seat {
        let at = self.free.pop().unwrap_or_else(|| {
            self.seats.push((0, None));
            self.seats.len() - 1
        });
        let (generation, member) = &mut self.seats[at];
        *member = Some(Member {
            name: name.to_owned(),
            wire,
            whispered: None,
        });
        let seat = Seat(at, *generation);
        self.order.push(seat);
        seat
    }

    /// Lets a member go, and tells the others.
    pub fn leave(&mut self, seat: Seat) {
        if let Some(line) = self.remove(seat) {
            self.tell_all(line);
        }
    }

    /// Takes a member out, and returns what the others are to be told.
    fn remove(&mut self, seat: Seat) -> Option<String> {
        self.member(seat)?; // of an old seat somebody else may be the member now
        let (generation, member) = self.seats.get_mut(seat.0)?;
        // After 2^32 members on one seat it begins anew; by then no old seat is remembered.
        *generation ^= 1;
        let member = member.take()?;
        self.order.retain(|here| *here != seat);
        self.free.push(seat.0);
        Some(left(&member.name))
    }

    /// Tells everybody what a member says, itself too.
    pub fn say(&mut self, from: Seat, text: &str) {
        if let Some(member) = self.member(from) {
            let line = format!("<{}> {text}", member.name);
            self.tell_all(line);
        }
    }

    /// Tells one member what another says to it. Returns whether it is there.
    pub fn whisper(&mut self, from: Seat, to: Seat, text: &str) -> bool {
        let Some(member) = self.member(from) else {
            return false;
        };
        let line = format!("[{}] {text}", member.name);
        let Some(member) = self.member(to) else {
            return false;
        };
        member.whispered = Some(from);
        let sent = member.wire.send(&line);
        if sent.is_err() {
            self.leave(to);
        }
        sent.is_ok()
    }

    /// Whispers to whoever has whispered to this member last. Returns whether that one is there.
    pub fn reply(&mut self, from: Seat, text: &str) -> bool {
        let to = self.member(from).and_then(|member| member.whispered);
        to.is_some_and(|to| self.whisper(from, to, text))
    }

    /// The names of those who are here, as they came.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let members = self
            .order
            .iter()
            .filter_map(|seat| self.seats[seat.0].1.as_ref());
        members.map(|member| member.name.as_str()).collect()
    }

    /// How many seats the table has, taken and free.
    #[must_use]
    pub fn seats(&self) -> usize {
        self.seats.len()
    }

    fn member(&mut self, seat: Seat) -> Option<&mut Member<W>> {
        let (generation, member) = self.seats.get_mut(seat.0)?;
        member.as_mut().filter(|_| *generation == seat.1)
    }

    /// Sends a line to all, and then the lines about those who were found to be gone.
    fn tell_all(&mut self, line: String) {
        let mut lines = VecDeque::from([line]);
        while let Some(line) = lines.pop_front() {
            let mut gone = Vec::new();
            for &seat in &self.order {
                if let Some(member) = &mut self.seats[seat.0].1
                    && member.wire.send(&line).is_err()
                {
                    gone.push(seat);
                }
            }
            // The walk is over: now the list may change.
            lines.extend(gone.into_iter().filter_map(|seat| self.remove(seat)));
        }
    }
}

fn left(name: &str) -> String {
    format!("- {name} left")
}

impl<W: Wire> Default for Room<W> {
    fn default() -> Self {
        Self::new()
    }
}
