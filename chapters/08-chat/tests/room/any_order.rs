//! Whatever happens in whatever order, the room does what the simple model does.

use std::collections::BTreeMap;

use ch08_chat::{Event, Letter, Nick, Room, Why};
use proptest::prelude::*;

use crate::model::Model;
use crate::{receivers, words};

#[derive(Debug, Clone)]
enum Step {
    Join(u32),
    Leave(u32, Why),
    Say(u32, String),
    Act(u32, String),
    Tell(u32, String, String),
    Rename(u32, String),
    Quit(u32),
    Pong(u32),
}

fn key() -> impl Strategy<Value = u32> {
    0..6_u32
}

/// Few names, so that they meet; and those of guests, in both cases.
fn name() -> impl Strategy<Value = String> {
    let names = [
        "alice", "Alice", "bob", "BOB", "guest-1", "Guest-2", "guest-3", "guest-9",
    ];
    prop::sample::select(names.map(str::to_owned).to_vec())
}

fn text() -> impl Strategy<Value = String> {
    "[a-z]{1,3}"
}

fn why() -> impl Strategy<Value = Why> {
    prop::sample::select(vec![Why::Quit, Why::TooSlow, Why::NothingHeard, Why::Lost])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => key().prop_map(Step::Join),
        1 => (key(), why()).prop_map(|(key, why)| Step::Leave(key, why)),
        3 => (key(), text()).prop_map(|(key, text)| Step::Say(key, text)),
        1 => (key(), text()).prop_map(|(key, text)| Step::Act(key, text)),
        3 => (key(), name(), text()).prop_map(|(key, name, text)| Step::Tell(key, name, text)),
        3 => (key(), name()).prop_map(|(key, name)| Step::Rename(key, name)),
        1 => key().prop_map(Step::Quit),
        1 => key().prop_map(Step::Pong),
    ]
}

/// What the room makes of it.
fn take(room: &mut Room<u32>, step: &Step) -> Vec<Letter<u32>> {
    match step {
        Step::Join(key) => room.join(*key),
        Step::Leave(key, why) => room.leave(*key, *why),
        Step::Say(key, text) => room.hear(*key, Ok(text)),
        Step::Act(key, text) => room.hear(*key, Ok(&format!("/me {text}"))),
        Step::Tell(key, name, text) => room.hear(*key, Ok(&format!("/msg {name} {text}"))),
        Step::Rename(key, name) => room.hear(*key, Ok(&format!("/nick {name}"))),
        Step::Quit(key) => room.hear(*key, Ok("/quit")),
        Step::Pong(key) => room.hear(*key, Ok("/pong")),
    }
}

/// What the model makes of it.
fn imagine(model: &mut Model, step: &Step) {
    match step {
        Step::Join(key) => model.join(*key),
        Step::Leave(key, why) => model.leave(*key, *why),
        Step::Say(key, text) => {
            let nick = model.nick(*key).unwrap_or_default();
            model.say(*key, format!("<{nick}> {text}"));
        }
        Step::Act(key, text) => {
            let nick = model.nick(*key).unwrap_or_default();
            model.say(*key, format!("* {nick} {text}"));
        }
        Step::Tell(key, name, text) => model.tell(*key, name, text),
        Step::Rename(key, name) => model.rename(*key, name),
        Step::Quit(key) => model.quit(*key),
        Step::Pong(_) => {}
    }
}

/// What each connection has got, and the numbers of the public events in it.
#[derive(Debug, Default)]
struct Mail {
    lines: Vec<String>,
    ids: Vec<u64>,
}

fn deliver(room: &Room<u32>, letters: &[Letter<u32>], mail: &mut BTreeMap<u32, Mail>) {
    for letter in letters {
        for key in receivers(room, letter.to) {
            let mail = mail.entry(key).or_default();
            mail.lines.extend(words(letter));
            match &letter.event {
                Event::Welcome(welcome) => mail.ids.push(welcome.last),
                Event::Public(public) => mail.ids.push(public.id),
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_all_get_what_they_should_and_nothing_else(steps in prop::collection::vec(step(), 1..80)) {
        let (mut room, mut model) = (Room::new("test"), Model::default());
        let mut mail: BTreeMap<u32, Mail> = BTreeMap::new();
        for step in &steps {
            let letters = take(&mut room, step);
            deliver(&room, &letters, &mut mail);
            imagine(&mut model, step);

            for member in model.gone.drain(..) {
                let got = mail.remove(&member.key).unwrap_or_default();
                prop_assert_eq!(&got.lines, &member.lines, "to {}, who has left", member.key);
            }
            let here: Vec<_> = room.members().collect();
            let mut expected: Vec<_> = model.here.iter().map(|member| member.key).collect();
            expected.sort_unstable();
            prop_assert_eq!(&here, &expected, "who is here");
            prop_assert_eq!(mail.keys().copied().collect::<Vec<_>>(), expected, "who gets mail");
            for member in &model.here {
                let nick = room.nick(member.key).map(Nick::as_str);
                prop_assert_eq!(nick, Some(member.nick.as_str()));
                prop_assert_eq!(&mail[&member.key].lines, &member.lines, "to {}", member.key);
            }
        }
        // One order for all, and no hole in it.
        for got in mail.values() {
            let first = got.ids[0];
            let expected: Vec<_> = (first..).take(got.ids.len()).collect();
            prop_assert_eq!(&got.ids, &expected);
        }
    }
}
