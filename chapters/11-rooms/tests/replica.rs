//! Same log in, same room out: whatever the interleaving, the snapshots and the restarts.

use std::collections::{BTreeMap, BTreeSet};

use ch11_rooms::{Command, Effect, Entry, Reason, Replica, State, Token};
use chat::{Event, News, Public, To, Why};
use proptest::prelude::*;

/// What one of three servers appends next.
#[derive(Debug, Clone)]
enum Step {
    /// It begins another epoch.
    Open,
    /// It declares the server of that index gone, perhaps itself.
    Gone(usize),
    Join(u8, u64, Option<u64>),
    Hear(u8, u64, Option<u64>, String),
    Leave(u8, u64, Reason),
    /// It appends its last entry again, as after an answer that was lost.
    Again,
}

fn step() -> impl Strategy<Value = Step> {
    let client = 0..5_u8;
    let seat = 1..4_u64;
    let why = prop::sample::select(vec![
        Reason::Quit,
        Reason::Slow,
        Reason::Silent,
        Reason::Lost,
    ]);
    let line = prop_oneof![
        3 => "[a-z]{1,3}",
        2 => prop::sample::select(vec!["/nick a", "/nick A", "/nick b", "/quit", "/me x", "/msg a x", "/who"])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        1 => Just(Step::Open),
        1 => (0..3_usize).prop_map(Step::Gone),
        4 => (client.clone(), seat.clone(), prop::option::of(0..9_u64))
            .prop_map(|(client, seat, seen)| Step::Join(client, seat, seen)),
        6 => (client.clone(), seat.clone(), prop::option::of(1..6_u64), line)
            .prop_map(|(client, seat, number, line)| Step::Hear(client, seat, number, line)),
        1 => (client, seat, why).prop_map(|(client, seat, why)| Step::Leave(client, seat, why)),
        2 => Just(Step::Again),
    ]
}

/// The log that three servers write together.
fn log(steps: &[(usize, Step)]) -> Vec<Entry> {
    let (mut epochs, mut highest, mut log) = ([0; 3], 0, Vec::<Entry>::new());
    let mut numbers = [0; 3];
    for (server, step) in steps {
        let token = |client: u8| Token::new(client.into());
        let command = match step.clone() {
            Step::Again => {
                let epoch = epochs[*server];
                let last = log.iter().rev().find(|entry| entry.epoch == epoch).cloned();
                log.extend(last);
                continue;
            }
            Step::Open => {
                highest += 1;
                epochs[*server] = highest;
                numbers[*server] = 0;
                let nonce = Token::new(u128::from(highest));
                let (epoch, number, command) = (highest, 0, Command::Open { nonce });
                log.push(Entry {
                    epoch,
                    number,
                    command,
                });
                continue;
            }
            Step::Gone(other) => Command::Gone {
                epoch: epochs[other],
            },
            Step::Join(client, seat, seen) => Command::Join {
                token: token(client),
                seat,
                seen,
            },
            Step::Hear(client, seat, number, line) => Command::Hear {
                token: token(client),
                seat,
                number,
                line,
            },
            Step::Leave(client, seat, why) => Command::Leave {
                token: token(client),
                seat,
                why,
            },
        };
        numbers[*server] += 1;
        let (epoch, number) = (epochs[*server], numbers[*server]);
        log.push(Entry {
            epoch,
            number,
            command,
        });
    }
    log
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let begun = (0..3).map(|server| (server, Step::Open));
    let begun: Vec<_> = begun.collect();
    prop::collection::vec((0..3_usize, step()), 0..120)
        .prop_map(move |steps| [begun.clone(), steps].concat())
}

/// As a snapshot lies in the engine.
fn through_text(replica: &Replica) -> Replica {
    let text = serde_json::to_string(&State::of(replica)).expect("JSON");
    let state: State = serde_json::from_str(&text).expect("the same");
    state.restore().expect("names")
}

fn public(effect: &Effect) -> Option<&Public> {
    match effect {
        Effect::Tell(letter) => match &letter.event {
            Event::Public(public) => Some(public),
            _ => None,
        },
        _ => None,
    }
}

proptest! {
    #[test]
    fn same_log_in_same_room_out(steps in steps(), restarts in prop::collection::btree_set(0..120_usize, 0..6)) {
        let log = log(&steps);
        let (mut one, mut other) = (Replica::new("r"), Replica::new("r"));
        for (at, entry) in log.iter().enumerate() {
            if restarts.contains(&at) {
                other = through_text(&other);
            }
            prop_assert_eq!(one.apply(entry), other.apply(entry), "at {} {:?}", at, entry);
        }
        prop_assert_eq!(State::of(&one), State::of(&other));
    }

    #[test]
    fn events_are_numbered_without_a_gap_and_no_two_members_share_a_name(steps in steps()) {
        let (mut replica, mut last) = (Replica::new("r"), 0);
        let mut names = BTreeMap::<Token, String>::new();
        for entry in log(&steps) {
            for effect in replica.apply(&entry) {
                if let Some(public) = public(&effect) {
                    prop_assert_eq!(public.id, last + 1);
                    last = public.id;
                }
            }
            names.clear();
            for client in 0..5 {
                let token = Token::new(client);
                names.extend(replica.nick(token).map(|nick| (token, nick.folded().as_str().to_owned())));
            }
            prop_assert_eq!(names.len(), replica.len());
            prop_assert_eq!(names.values().collect::<BTreeSet<_>>().len(), names.len());
        }
    }

    #[test]
    fn an_entry_counts_once_and_none_after_its_server_was_declared_gone(steps in steps()) {
        let mut replica = Replica::new("r");
        let (mut live, mut counted) = (BTreeSet::new(), BTreeSet::new());
        for entry in log(&steps) {
            let effects = replica.apply(&entry);
            let is_open = matches!(entry.command, Command::Open { .. });
            if !effects.is_empty() {
                prop_assert!(is_open || live.contains(&entry.epoch), "too late: {:?}", entry);
                prop_assert!(counted.insert((entry.epoch, entry.number)), "twice: {:?}", entry);
            }
            for effect in effects {
                match effect {
                    Effect::Opened { epoch, .. } => drop(live.insert(epoch)),
                    Effect::Gone { epoch } => drop(live.remove(&epoch)),
                    _ => {}
                }
            }
            prop_assert!(replica.epochs().eq(live.iter().copied()));
        }
    }
}

/// A log that is written by hand.
struct Script {
    replica: Replica,
    numbers: BTreeMap<u64, u64>,
}

impl Script {
    fn new(epochs: &[u64]) -> Self {
        let mut replica = Replica::new("r");
        for &epoch in epochs {
            let nonce = Token::new(epoch.into());
            let (number, command) = (0, Command::Open { nonce });
            let opened = replica.apply(&Entry {
                epoch,
                number,
                command,
            });
            assert_eq!(opened.len(), 1);
        }
        let numbers = BTreeMap::new();
        Self { replica, numbers }
    }

    fn add(&mut self, epoch: u64, command: Command) -> Vec<Effect> {
        let number = self.numbers.entry(epoch).or_default();
        *number += 1;
        let number = *number;
        self.replica.apply(&Entry {
            epoch,
            number,
            command,
        })
    }

    fn join(&mut self, epoch: u64, token: Token, seen: Option<u64>) -> Vec<Effect> {
        let seat = 1;
        self.add(epoch, Command::Join { token, seat, seen })
    }

    fn say(&mut self, epoch: u64, token: Token, number: Option<u64>, line: &str) -> Vec<Effect> {
        let (seat, line) = (1, line.to_owned());
        self.add(
            epoch,
            Command::Hear {
                token,
                seat,
                number,
                line,
            },
        )
    }
}

const ALICE: Token = Token::new(1);
const BOB: Token = Token::new(2);

/// The texts that were said.
fn said(effects: &[Effect]) -> Vec<String> {
    let public = effects.iter().filter_map(public);
    public.filter_map(text).collect()
}

fn text(public: &Public) -> Option<String> {
    match &public.news {
        News::Said { text, .. } => Some(text.to_string()),
        _ => None,
    }
}

/// The lines that this member is told with its welcome.
fn told(effects: &[Effect], token: Token) -> Vec<String> {
    let welcome = effects.iter().find_map(|effect| match effect {
        Effect::Tell(letter) if letter.to == To::One(token) => match &letter.event {
            Event::Welcome(welcome) => Some(&welcome.history),
            _ => None,
        },
        _ => None,
    });
    let history = welcome.expect("a welcome");
    history.iter().filter_map(text).collect()
}

#[test]
fn a_numbered_line_is_heard_once_whichever_server_brings_it() {
    let mut log = Script::new(&[1, 2]);
    let _ = log.join(1, ALICE, None);
    assert_eq!(said(&log.say(1, ALICE, Some(1), "one")), ["one"]);
    let _ = log.join(2, ALICE, None);
    let again = log.say(2, ALICE, Some(1), "one");
    assert_eq!(
        again,
        [Effect::Heard {
            token: ALICE,
            number: 1
        }]
    );
    assert_eq!(said(&log.say(2, ALICE, Some(2), "two")), ["two"]);
}

#[test]
fn a_line_that_comes_from_where_its_member_sat_before_counts_for_nothing() {
    let mut log = Script::new(&[1, 2]);
    let _ = log.join(1, ALICE, None);
    let _ = log.join(2, ALICE, None);
    assert_eq!(log.say(1, ALICE, None, "late"), []);
}

#[test]
fn members_of_a_server_that_is_gone_leave_once_and_keep_their_names_for_coming_back() {
    let mut log = Script::new(&[1, 2]);
    let _ = log.join(1, ALICE, None);
    let _ = log.say(1, ALICE, None, "/nick alice");
    let _ = log.join(2, BOB, None);
    let gone = log.add(2, Command::Gone { epoch: 1 });
    let left = |effect: &&Effect| {
        public(effect).is_some_and(|public| {
            matches!(&public.news, News::Left { nick, why: Why::Lost } if nick.as_str() == "alice")
        })
    };
    assert_eq!(gone.iter().filter(left).count(), 1);
    assert_eq!(log.add(2, Command::Gone { epoch: 1 }), []);
    let _ = log.say(2, BOB, None, "/nick Alice");
    assert_eq!(log.replica.nick(BOB).expect("bob").as_str(), "guest-1");
    let _ = log.join(2, ALICE, None);
    assert_eq!(log.replica.nick(ALICE).expect("alice").as_str(), "alice");
}

#[test]
fn who_comes_back_is_told_the_lines_that_it_missed_and_no_others() {
    let mut log = Script::new(&[1]);
    let _ = log.join(1, ALICE, None); // event 1
    let _ = log.join(1, BOB, None); // event 2
    let _ = log.say(1, ALICE, None, "seen"); // event 3
    for number in 0..30 {
        let _ = log.say(1, ALICE, None, &format!("line {number}"));
    }
    let missed: Vec<_> = (0..30).map(|number| format!("line {number}")).collect();
    assert_eq!(told(&log.join(1, BOB, Some(3)), BOB), missed);
    let leave = Command::Leave {
        token: BOB,
        seat: 1,
        why: Reason::Lost,
    };
    let _ = log.add(1, leave);
    assert_eq!(told(&log.join(1, BOB, Some(3)), BOB), missed);
}

#[test]
fn an_epoch_that_was_declared_gone_is_never_opened_again() {
    let mut log = Script::new(&[1, 2]);
    let _ = log.add(2, Command::Gone { epoch: 1 });
    let nonce = Token::new(9);
    let again = Entry {
        epoch: 1,
        number: 0,
        command: Command::Open { nonce },
    };
    assert_eq!(log.replica.apply(&again), []);
    assert_eq!(log.join(1, ALICE, None), []);
}
