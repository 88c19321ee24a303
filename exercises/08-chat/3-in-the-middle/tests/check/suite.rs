//! Members whose connections break at the worst moments.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::subject::{Gone, Room, Seat, Wire};

const BOOK: &str = "08-slow-readers.html#who-has-gone";

#[test]
fn a_line_reaches_everybody() {
    check(
        || {
            let mut play = Play::new();
            let [alice, ..] = play.join(["alice", "bob", "carol"]);
            play.room.say(alice, "hello");
            play.heard()
        },
        &[
            "alice: <alice> hello",
            "bob: <alice> hello",
            "carol: <alice> hello",
        ],
        "All connections are there.",
    );
}

#[test]
fn who_leaves_is_told_to_the_others() {
    check(
        || {
            let mut play = Play::new();
            let [_, bob, _] = play.join(["alice", "bob", "carol"]);
            play.room.leave(bob);
            play.room.leave(bob);
            play.heard()
        },
        &["alice: - bob left", "carol: - bob left"],
        "bob leaves. He leaves once more, and that means nothing: the others know.",
    );
}

#[test]
fn nobody_is_passed_over() {
    check(
        || {
            let mut play = Play::new();
            let [alice, ..] = play.join(["alice", "bob", "carol", "dave"]);
            play.break_after("bob", 0);
            play.room.say(alice, "hello");
            // When they hear of bob is another test's question.
            play.log
                .borrow_mut()
                .retain(|(_, line)| line != "- bob left");
            play.heard()
        },
        &[
            "alice: <alice> hello",
            "carol: <alice> hello",
            "dave: <alice> hello",
        ],
        "alice says a line, and bob's connection turns out to be gone. When he is taken out of the list, everybody \
         behind him moves up by one, and the walk goes on behind the one who came to stand in his place.",
    );
}

#[test]
fn all_hear_the_same_in_the_same_order() {
    check(
        || {
            let mut play = Play::new();
            let [alice, ..] = play.join(["alice", "bob", "carol"]);
            play.break_after("bob", 0);
            play.room.say(alice, "hello");
            play.heard()
        },
        &[
            "alice: <alice> hello, - bob left",
            "carol: <alice> hello, - bob left",
        ],
        "bob's connection turned out to be gone while the line went round. alice had heard it by then, carol hadn't. \
         If the room tells of bob there and then, carol hears first that he has left, and then the line.",
    );
}

#[test]
fn several_may_be_gone_at_a_time() {
    check(
        || {
            let mut play = Play::new();
            let [alice, ..] = play.join(["alice", "bob", "carol", "dave", "erin"]);
            for name in ["alice", "bob", "carol", "erin"] {
                play.break_after(name, 0);
            }
            play.room.say(alice, "hello");
            play.heard_and(play.here())
        },
        &[
            "dave: <alice> hello, - alice left, - bob left, - carol left, - erin left",
            "here: dave",
        ],
        "Five members, and only dave's connection is there; not even that of alice, who has said it. He hears the \
         line, and then of each of the others.",
    );
}

#[test]
fn a_goodbye_may_find_others_gone() {
    check(
        || {
            let mut play = Play::new();
            let [alice, ..] = play.join(["alice", "bob", "carol", "dave"]);
            play.break_after("bob", 0);
            play.break_after("dave", 1);
            play.room.say(alice, "hello");
            play.heard_and(play.here())
        },
        &[
            "alice: <alice> hello, - bob left, - dave left",
            "carol: <alice> hello, - bob left, - dave left",
            "dave: <alice> hello",
            "here: alice carol",
        ],
        "dave heard alice's line. That bob has left was one line too many for his connection. So he has left as well, \
         and that is to be told, too.",
    );
}

#[test]
fn a_reply_reaches_who_it_is_for() {
    check(
        || {
            let mut play = Play::new();
            let [alice, bob, _] = play.join(["alice", "bob", "carol"]);
            let mut said = vec![play.room.reply(alice, "who?")];
            said.push(play.room.whisper(bob, alice, "psst"));
            said.push(play.room.reply(alice, "yes?"));
            play.heard_and(format!("{said:?}"))
        },
        &[
            "alice: [bob] psst",
            "bob: [alice] yes?",
            "[false, true, true]",
        ],
        "Nobody had whispered to alice. Then bob did, and she replied.",
    );
}

#[test]
fn a_reply_reaches_nobody_else() {
    for newcomer in ["mallory", "bob"] {
        check(
            || {
                let mut play = Play::new();
                let [alice, bob] = play.join(["alice", "bob"]);
                play.room.whisper(bob, alice, "my password is swordfish");
                play.room.leave(bob);
                play.join([newcomer]);
                let said = play.room.reply(alice, "swordfish?");
                play.heard_and(said.to_string())
            },
            &["alice: [bob] my password is swordfish, - bob left", "false"],
            "bob whispered to alice and left. A newcomer sat down on his seat; the second time even with his name, \
             which was free. alice's reply is for the one who has gone, so nobody gets it.",
        );
    }
}

#[test]
fn an_old_seat_means_nobody() {
    check(
        || {
            let mut play = Play::new();
            let [alice, bob] = play.join(["alice", "bob"]);
            play.room.leave(bob);
            play.join(["mallory"]);
            let said = play.room.whisper(alice, bob, "are you there?");
            play.room.say(bob, "I am");
            play.room.leave(bob);
            play.heard_and(format!("{said}, {}", play.here()))
        },
        &["alice: - bob left", "false, here: alice mallory"],
        "bob left, and mallory got his seat. Then somebody used the old one: to whisper, to say something, to leave. \
         None of it may reach mallory, come from mallory, or put mallory out.",
    );
}

#[test]
fn an_old_seat_never_means_anybody_again() {
    check(
        || {
            let mut play = Play::new();
            let [alice, bob] = play.join(["alice", "bob"]);
            play.room.leave(bob);
            let heard = (0..10).filter(|_| {
                let [guest] = play.join(["guest"]);
                let heard = play.room.whisper(alice, bob, "is it you again?");
                play.room.leave(guest);
                heard
            });
            vec![format!("whispered to {} guests", heard.count())]
        },
        &["whispered to 0 guests"],
        "bob left, and ten guests had his seat, one after another. None of them is bob.",
    );
}

#[test]
fn seats_are_used_again() {
    check(
        || {
            let mut play = Play::new();
            for _ in 0..1000 {
                let [guest] = play.join(["guest"]);
                play.room.leave(guest);
            }
            let few = play.room.seats() <= 2;
            vec![format!("few seats: {few}")]
        },
        &["few seats: true"],
        "A thousand guests came and went, one at a time.",
    );
}

#[test]
fn an_old_seat_means_nobody_after_many_guests() {
    check(
        || {
            let mut play = Play::new();
            let [bob] = play.join(["bob"]);
            play.room.leave(bob);
            let found = (0..70_000).find(|_| {
                let [guest] = play.join(["guest"]);
                let is_bob = play.room.whisper(guest, bob, "is it you again?");
                play.room.leave(guest);
                is_bob
            });
            vec![format!("bob again: {found:?}")]
        },
        &["bob again: None"],
        "bob left, and 70,000 guests had his seat, one after another. What tells them apart has begun anew.",
    );
}

#[test]
fn all_free_seats_are_used_again() {
    check(
        || {
            let mut play = Play::new();
            for _ in 0..20 {
                let crowd = play.join(["ann", "ben", "cem", "dag", "eva"]);
                for seat in crowd {
                    play.room.leave(seat);
                }
                play.log.borrow_mut().clear();
            }
            vec![format!("{} seats", play.room.seats())]
        },
        &["5 seats"],
        "Five guests came together and left together, twenty times. Each seat that is free is to be remembered.",
    );
}

#[test]
fn an_old_seat_whispers_for_nobody() {
    check(
        || {
            let mut play = Play::new();
            let [alice, bob] = play.join(["alice", "bob"]);
            play.room.leave(bob);
            let [mallory] = play.join(["mallory"]);
            let mut said = vec![play.room.whisper(bob, alice, "it's me, bob")];
            said.push(play.room.reply(alice, "you?"));
            said.push(play.room.whisper(mallory, alice, "hi"));
            play.heard_and(format!("{said:?}"))
        },
        &["alice: - bob left, [mallory] hi", "[false, false, true]"],
        "bob has left, and mallory sits on his seat. A whisper from the old seat comes from nobody, and least of all \
         from mallory.",
    );
}

#[test]
fn all_are_told_in_the_order_in_which_they_came() {
    check(
        || {
            let mut play = Play::new();
            let [zoe, _, _] = play.join(["zoe", "yan", "xi"]);
            play.room.leave(zoe);
            play.join(["ada"]); // on zoe's seat
            play.log.borrow_mut().clear();
            for name in ["yan", "ada"] {
                play.break_after(name, 0);
            }
            let here = play.here();
            let [_, eve] = play.join(["dan", "eve"]);
            play.room.say(eve, "hello");
            let log = play.log.borrow();
            let order: Vec<String> = log
                .iter()
                .map(|(name, line)| format!("{name}: {line}"))
                .collect();
            [vec![here], order].concat()
        },
        &[
            "here: yan xi ada",
            "xi: <eve> hello",
            "dan: <eve> hello",
            "eve: <eve> hello",
            "xi: - yan left",
            "dan: - yan left",
            "eve: - yan left",
            "xi: - ada left",
            "dan: - ada left",
            "eve: - ada left",
        ],
        "They came in this order, which is neither that of their names nor that of their seats: ada sits on the first.",
    );
}

#[test]
fn a_whisper_tells_whether_it_was_heard() {
    check(
        || {
            let mut play = Play::new();
            let [alice, bob, _] = play.join(["alice", "bob", "carol"]);
            let mut said = vec![play.room.whisper(alice, alice, "note to self")];
            said.push(play.room.whisper(alice, bob, "psst"));
            said.push(play.room.reply(bob, "one"));
            said.push(play.room.reply(bob, "two"));
            play.break_after("bob", 0);
            said.push(play.room.whisper(alice, bob, "are you there?"));
            said.push(play.room.whisper(alice, bob, "and now?"));
            play.heard_and(format!("{said:?}, {}", play.here()))
        },
        &[
            "alice: [alice] note to self, [bob] one, [bob] two, - bob left",
            "bob: [alice] psst",
            "carol: - bob left",
            "[true, true, true, true, false, false], here: alice carol",
        ],
        "A member may whisper to itself, and reply as often as it likes. bob's connection broke; so he heard nothing, \
         and has left.",
    );
}

/// Who has heard what, in this order.
type Log = Rc<RefCell<Vec<(String, String)>>>;
/// How many more lines a member's connection takes; without an entry, all.
type Takes = Rc<RefCell<BTreeMap<String, usize>>>;

/// A room, and what was heard in it.
struct Play {
    room: Room<Connection>,
    log: Log,
    takes: Takes,
}

/// One member's connection.
struct Connection {
    name: String,
    log: Log,
    takes: Takes,
}

impl Wire for Connection {
    fn send(&mut self, line: &str) -> Result<(), Gone> {
        if let Some(takes) = self.takes.borrow_mut().get_mut(&self.name) {
            *takes = takes.checked_sub(1).ok_or(Gone)?;
        }
        let mut log = self.log.borrow_mut();
        log.push((self.name.clone(), line.to_owned()));
        assert!(log.len() < 1000, "no end of lines: {:?}", &log[..20]);
        Ok(())
    }
}

impl Play {
    fn new() -> Self {
        Self {
            room: Room::new(),
            log: Log::default(),
            takes: Takes::default(),
        }
    }

    fn join<const COUNT: usize>(&mut self, names: [&str; COUNT]) -> [Seat; COUNT] {
        names.map(|name| {
            let connection = Connection {
                name: name.to_owned(),
                log: Rc::clone(&self.log),
                takes: Rc::clone(&self.takes),
            };
            self.room.join(name, connection)
        })
    }

    /// Has the connection of `name` take this many lines, and no more.
    fn break_after(&mut self, name: &str, lines: usize) {
        self.takes.borrow_mut().insert(name.to_owned(), lines);
    }

    /// What each member has heard, by name.
    fn heard(&self) -> Vec<String> {
        let mut heard = BTreeMap::<String, Vec<String>>::new();
        for (name, line) in self.log.borrow().iter() {
            heard.entry(name.clone()).or_default().push(line.clone());
        }
        let lines = heard.iter();
        lines
            .map(|(name, lines)| format!("{name}: {}", lines.join(", ")))
            .collect()
    }

    fn heard_and(&self, more: String) -> Vec<String> {
        [self.heard(), vec![more]].concat()
    }

    fn here(&self) -> String {
        format!("here: {}", self.room.names().join(" "))
    }
}

/// Plays it in a child process, and compares.
#[track_caller]
fn check(play: impl FnOnce() -> Vec<String>, expected: &[&str], means: &str) {
    let heard = harness::call(play);
    assert!(
        heard == expected,
        "expected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
        expected.join("\n          "),
        heard.join("\n          "),
    );
}
