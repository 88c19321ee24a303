//! What comes of the log's entries, for those who are connected here.

use std::mem;
use std::time::Duration;

use chat::{Event, Farewell, Letter, MAX_WAITING, Pace, Protocol, Refusal, To, Why};
use reactor::{ConnId, Io, Waker};

use super::door::Resume;
use super::json::{Object, frame};
use super::seats::{Seat, Seats, State};
use super::session::PACE;
use crate::{Command, Effect, Log, Place, Reason, Replica, Report, Token};

/// Bytes that are told each member in one turn; then the sockets have theirs.
const SHARE: usize = 64 * 1024;

/// How long a client that is let go may take to read why.
const FAREWELL: Duration = Duration::from_secs(10);

const AWAY: &str = "! the log can't be reached: what you say waits for it";
const BACK: &str = "the log is back";
const FULL: &str = "! the log takes nothing now: that line was not said, try again later";
const GONE: &str = "! this server was declared gone, and has to begin anew: please connect again";
const OTHER: &str = "! the room's log was lost: this is another room, please connect again";

/// The room, and those of its members that are connected here.
#[derive(Debug)]
pub(super) struct House {
    log: Log,
    waker: Waker,
    replica: Option<Replica>,
    seats: Seats,
    /// What its own entry that opens an epoch is known by.
    nonce: Option<Token>,
    /// Its own epoch, once the log has brought that.
    epoch: Option<u64>,
    away: bool,
    /// Seats that were found too slow.
    slow: Vec<u64>,
}

impl House {
    pub fn new(log: Log, waker: Waker) -> Self {
        Self {
            log,
            waker,
            replica: None,
            seats: Seats::default(),
            nonce: None,
            epoch: None,
            away: false,
            slow: Vec::new(),
        }
    }

    /// Whether members may come.
    pub fn is_ready(&self) -> bool {
        self.epoch.is_some() && !self.away
    }

    /// A client that nobody knows: its seat.
    pub fn come_new(&mut self, io: &mut Io, id: ConnId, protocol: Protocol) -> u64 {
        self.take_in(io, id, protocol, None, None)
    }

    /// A client that may have been here: its seat.
    pub fn come(&mut self, io: &mut Io, id: ConnId, protocol: Protocol, resume: &Resume) -> u64 {
        self.take_in(io, id, protocol, resume.token, resume.seen.clone())
    }

    fn take_in(
        &mut self,
        io: &mut Io,
        id: ConnId,
        protocol: Protocol,
        token: Option<Token>,
        seen: Option<(String, u64)>,
    ) -> u64 {
        let Some(token) = token.or_else(|| Token::random().ok()) else {
            io.abort(id); // without randomness there are no members
            return 0;
        };
        let seat = Seat {
            id,
            protocol,
            token,
            seen,
            state: State::Coming,
        };
        let number = self.seats.add(seat);
        self.submit_join(io, number);
        number
    }

    /// Submits the arrival at this seat, if there is an epoch; otherwise that is done once there is.
    fn submit_join(&mut self, io: &mut Io, number: u64) {
        let (Some(_), Some(replica)) = (self.epoch, &self.replica) else {
            return;
        };
        let Some(seat) = self.seats.get(number) else {
            return;
        };
        if self.log.submit(seat.join(number, replica.name())).is_err() {
            send(io, seat, &Event::Notice(FULL));
            io.close_within(seat.id, FAREWELL);
        }
    }

    /// Whether the input of the member at this seat has to wait.
    pub fn must_wait(&self, io: &mut Io, id: ConnId, seat: u64, pace: &mut Pace) -> bool {
        match self.seats.get(seat) {
            None => true,
            Some(seat) if seat.state == State::Coming => {
                io.pause(id); // until it is seated
                true
            }
            Some(seat) => {
                let Some(wait) = pace.wait(io.now()) else {
                    return false;
                };
                io.pause(id);
                io.set_timer(id, PACE, wait);
                if pace.tell() {
                    send(io, seat, &Event::Refused(Refusal::TooFast));
                }
                true
            }
        }
    }

    /// The member at this seat has sent a line.
    pub fn hear(
        &mut self,
        io: &mut Io,
        number: u64,
        count: Option<u64>,
        line: Result<&str, &Refusal>,
    ) {
        let (Some(seat), Some(replica)) = (self.seats.get(number), &mut self.replica) else {
            return;
        };
        let token = seat.token;
        if let Some(letters) = replica.ask(token, line.map_err(Clone::clone)) {
            for letter in letters {
                send(io, seat, &letter.event);
            }
            if let Some(number) = count {
                io.send(seat.id, &frame(&Object::Heard { number }));
            }
            return;
        }
        let Ok(line) = line else {
            return;
        };
        let command = Command::Hear {
            token,
            seat: number,
            number: count,
            line: line.to_owned(),
        };
        if self.log.submit(command).is_err() {
            send(io, seat, &Event::Notice(FULL));
        }
    }

    /// The connection at this seat has ended, or will.
    pub fn go(&mut self, number: u64, why: Reason) {
        let Some(seat) = self.seats.remove(number) else {
            return;
        };
        if self.epoch.is_some() {
            let (token, seat) = (seat.token, number);
            // A log never refuses that.
            let _ = self.log.submit(Command::Leave { token, seat, why });
        }
    }

    /// Applies what the log has brought, as much as one turn may.
    // ANCHOR: catch_up
    pub fn catch_up(&mut self, io: &mut Io) {
        let mut told = 0;
        while told < SHARE {
            let Some(report) = self.log.take() else {
                return;
            };
            told += match report {
                Report::Next { position, entry } => {
                    let Some(replica) = &mut self.replica else {
                        continue;
                    };
                    let effects = replica.apply(&entry);
                    let told = effects
                        .into_iter()
                        .map(|effect| self.take_effect(io, effect));
                    let told = told.sum::<usize>() + 1;
                    self.keep_snapshots(position);
                    told
                }
                other => {
                    self.on_report(io, other);
                    1
                }
            };
            self.put_out_slow(io);
        }
        self.waker.wake(); // for the rest
    }
    // ANCHOR_END: catch_up

    fn on_report(&mut self, io: &mut Io, report: Report) {
        match report {
            Report::Next { .. } => {}
            Report::Begun { name, state } => {
                if self.replica.is_some() {
                    self.let_all_go(io, OTHER);
                }
                let restored = state.and_then(|state| state.restore().ok());
                self.replica = Some(restored.unwrap_or_else(|| Replica::new(&name)));
                self.ask_for_epoch();
            }
            Report::Away => self.tell_all(io, true, AWAY),
            Report::Back => self.tell_all(io, false, BACK),
            Report::Expired { epoch } => {
                // Declared gone twice, it is gone once.
                let _ = self.log.submit(Command::Gone { epoch });
            }
        }
    }

    /// What comes of an entry; how many bytes each member is told of it.
    fn take_effect(&mut self, io: &mut Io, effect: Effect) -> usize {
        match effect {
            Effect::Opened { nonce, epoch } => {
                // It may come twice, if the engine's answer was lost: then the later epoch counts.
                if self.nonce == Some(nonce) {
                    self.begin_epoch(io, epoch);
                }
                self.watch_others();
            }
            Effect::Gone { epoch } => {
                if self.epoch == Some(epoch) {
                    self.let_all_go(io, GONE);
                    self.ask_for_epoch();
                }
                self.watch_others();
            }
            Effect::Seated { token, place } if self.is_here(place) => {
                self.welcome(io, token, place.seat);
            }
            Effect::Unseated { place, why, .. } if self.is_here(place) => {
                if let Some(seat) = self.seats.remove(place.seat) {
                    dismiss(io, &seat, why);
                }
            }
            Effect::Heard { token, number } => {
                if let Some((_, seat)) = self.seats.of(token)
                    && seat.protocol == Protocol::Json
                {
                    io.send(seat.id, &frame(&Object::Heard { number }));
                }
            }
            Effect::Tell(letter) => return self.deliver(io, &letter),
            Effect::Seated { .. } | Effect::Unseated { .. } => {}
        }
        0
    }

    fn is_here(&self, place: Place) -> bool {
        self.epoch == Some(place.epoch)
    }

    fn ask_for_epoch(&mut self) {
        if let Ok(nonce) = Token::random() {
            self.epoch = None;
            self.nonce = Some(nonce);
            self.log.open(nonce);
        }
    }

    fn begin_epoch(&mut self, io: &mut Io, epoch: u64) {
        self.epoch = Some(epoch);
        self.log.opened(epoch);
        let waiting: Vec<_> = self.seats.iter().map(|(number, _)| number).collect();
        for number in waiting {
            self.submit_join(io, number);
        }
    }

    fn watch_others(&mut self) {
        let epochs = self.replica.iter().flat_map(Replica::epochs);
        let others = epochs.filter(|&epoch| self.epoch != Some(epoch));
        let others = others.collect();
        self.log.watch(others);
    }

    fn keep_snapshots(&mut self, position: u64) {
        let Some(replica) = &self.replica else {
            return;
        };
        let is_first = replica
            .epochs()
            .next()
            .is_some_and(|first| self.epoch == Some(first));
        if is_first && self.log.wants_snapshot(position) {
            let state = crate::State::of(replica);
            self.log.snapshot(position, &state);
        }
    }

    fn welcome(&mut self, io: &mut Io, token: Token, number: u64) {
        // It may have gone before the log brought its arrival: then its leave follows.
        if let Some(seat) = self.seats.seat(number, token) {
            if seat.protocol == Protocol::Json {
                io.send(seat.id, &frame(&Object::Token { token }));
            }
            io.resume(seat.id);
        }
    }

    /// Tells those of the addressees that are here; how many bytes that was for each.
    fn deliver(&mut self, io: &mut Io, letter: &Letter<Token>) -> usize {
        let mut wordings: [Option<Vec<u8>>; 2] = [None, None];
        let slow = &mut self.slow;
        let mut hand_over = |seat: &Seat, number: u64| {
            let which = usize::from(seat.protocol == Protocol::Json);
            let wording = wordings[which].get_or_insert_with(|| {
                let mut out = Vec::new();
                seat.protocol.write(&letter.event, &mut out);
                out
            });
            io.send(seat.id, wording);
            if io.pending_output(seat.id) > MAX_WAITING {
                slow.push(number);
            }
        };
        let but = match letter.to {
            To::One(token) => {
                if let Some((number, seat)) = self.seats.of(token) {
                    hand_over(seat, number);
                }
                return 0;
            }
            To::All => None,
            To::AllBut(token) => Some(token),
        };
        for (token, number, seat) in self.seats.members() {
            if Some(token) != but {
                hand_over(seat, number);
            }
        }
        wordings.iter().flatten().map(Vec::len).max().unwrap_or(0)
    }

    fn put_out_slow(&mut self, io: &mut Io) {
        for number in mem::take(&mut self.slow) {
            if let Some(seat) = self.seats.get(number) {
                io.send(seat.id, &seat.protocol.last_words(Farewell::TooSlow));
                io.close_within(seat.id, FAREWELL);
            }
            self.go(number, Reason::Slow);
        }
    }

    /// The engine has gone, or has come back.
    fn tell_all(&mut self, io: &mut Io, away: bool, words: &'static str) {
        if mem::replace(&mut self.away, away) != away {
            for (_, seat) in self.seats.iter() {
                send(io, seat, &Event::Notice(words));
            }
        }
    }

    /// All have to come again: nothing of theirs holds any more.
    fn let_all_go(&mut self, io: &mut Io, words: &'static str) {
        for seat in self.seats.clear() {
            send(io, &seat, &Event::Notice(words));
            io.send(seat.id, &seat.protocol.last_words(Farewell::Stop));
            io.close_within(seat.id, FAREWELL);
        }
    }
}

fn send(io: &mut Io, seat: &Seat, event: &Event) {
    let mut out = Vec::new();
    seat.protocol.write(event, &mut out);
    io.send(seat.id, &out);
}

/// A member that the log has taken out.
fn dismiss(io: &mut Io, seat: &Seat, why: Option<Why>) {
    if why == Some(Why::Quit) {
        io.send(seat.id, &seat.protocol.last_words(Farewell::Quit));
        io.close(seat.id);
    } else {
        send(io, seat, &Event::Notice("! you have come in elsewhere"));
        io.send(seat.id, &seat.protocol.last_words(Farewell::Quit));
        io.close_within(seat.id, FAREWELL);
    }
}
