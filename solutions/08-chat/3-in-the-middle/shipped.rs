//! # 08-3 Somebody leaves in the middle of it
//!
//! A line is said, and the room walks its list of members and sends it to one after another. In the middle
//! of that it turns out that somebody's connection is gone. Bug B106 in the book: document 004's room closes it
//! there and then, in the list that it walks. In C the entry is freed while somebody still has its address, and
//! where the next newcomer's entry comes to lie in its place, nothing crashes: the newcomer gets what was meant
//! for another. Bug B97 is the same in document 003's reactor.
//!
//! Rust refuses to compile the first part, so here the list is walked by number. That compiles, and it is safe:
//! no memory is misused. It is still wrong in the same three ways. Find and mend them:
//!
//! - A line reaches every member whose connection is there, once. Nobody is passed over.
//! - All hear the same in the same order: first the line; then, of each once, who was found to be gone
//!   meanwhile, in the order in which they came. In telling it the room may find others gone: they leave, too.
//! - A [`Seat`] names one member for ever. Once that one has left, it names nobody: `whisper` returns false,
//!   `leave` does nothing, and who would reply to it reaches nobody. Even if somebody else sits there now, and
//!   even if that one has the same name.
//! - Seats are used again. The table doesn't grow with all who were ever here.
//!
//! There are no sockets here: a connection is a [`Wire`], and the tests have wires that break after some lines.
//! The fields of [`Seat`] are yours to change, and so is all that isn't `pub`.

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

/// Names a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat(usize);

struct Member<W> {
    name: String,
    wire: W,
    /// Who has whispered to it last: that is who it replies to.
    whispered: Option<Seat>,
}

/// Members, and what they say to each other.
pub struct Room<W> {
    seats: Vec<Option<Member<W>>>,
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
            self.seats.push(None);
            self.seats.len() - 1
        });
        self.seats[at] = Some(Member {
            name: name.to_owned(),
            wire,
            whispered: None,
        });
        self.order.push(Seat(at));
        Seat(at)
    }

    /// Lets a member go, and tells the others.
    pub fn leave(&mut self, seat: Seat) {
        let Some(member) = self.seats[seat.0].take() else {
            return;
        };
        self.order.retain(|here| *here != seat);
        self.free.push(seat.0);
        self.tell_all(&format!("- {} left", member.name));
    }

    /// Tells everybody what a member says, itself too.
    pub fn say(&mut self, from: Seat, text: &str) {
        if let Some(member) = self.member(from) {
            let line = format!("<{}> {text}", member.name);
            self.tell_all(&line);
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
            .filter_map(|seat| self.seats[seat.0].as_ref());
        members.map(|member| member.name.as_str()).collect()
    }

    /// How many seats the table has, taken and free.
    #[must_use]
    pub fn seats(&self) -> usize {
        self.seats.len()
    }

    fn member(&mut self, seat: Seat) -> Option<&mut Member<W>> {
        self.seats.get_mut(seat.0)?.as_mut()
    }

    fn tell_all(&mut self, line: &str) {
        let mut at = 0;
        while at < self.order.len() {
            let seat = self.order[at];
            if let Some(member) = self.member(seat)
                && member.wire.send(line).is_err()
            {
                self.leave(seat);
            }
            at += 1;
        }
    }
}

impl<W: Wire> Default for Room<W> {
    fn default() -> Self {
        Self::new()
    }
}
