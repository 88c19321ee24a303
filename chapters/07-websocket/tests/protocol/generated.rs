//! Frames that are made up: of parts that are right, nearly right and wrong, then perhaps spoilt.

use ch07_websocket::{Limits, Mask, Role};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::{checks, others};

/// Text that is right, and text that isn't.
fn text() -> impl Strategy<Value = Vec<u8>> {
    const WRONG: [&[u8]; 6] = [
        b"\xc3",
        b"\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"a\xff",
        b"\xe2\x82",
    ];
    prop_oneof![
        12 => "\\PC{0,12}".prop_map(String::into_bytes),
        1 => select(&WRONG[..]).prop_map(<[u8]>::to_vec),
    ]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => text(),
        2 => vec(any::<u8>(), 0..20),
        1 => select(&[124_usize, 125, 126, 127, 200][..]).prop_map(|length| vec![b'x'; length]),
    ]
}

/// A close frame's payload.
fn close() -> impl Strategy<Value = Vec<u8>> {
    const CODES: [u16; 14] = [
        1000, 1000, 1001, 1002, 1007, 1014, 3000, 4999, 0, 1004, 1005, 1015, 2999, 5000,
    ];
    let with_code = (select(&CODES[..]), text())
        .prop_map(|(code, reason)| [&code.to_be_bytes(), &reason[..]].concat());
    prop_oneof![8 => with_code, 1 => Just(Vec::new()), 1 => Just(vec![3])]
}

/// A frame's bytes: its first byte, its payload, and in how many bytes its length is.
fn encode(first: u8, key: Option<[u8; 4]>, payload: &[u8], longer: usize) -> Vec<u8> {
    let bit = if key.is_some() { 0x80 } else { 0 };
    let length = payload.len() as u64;
    let short = match length {
        0..126 => 0,
        126..65536 => 1,
        _ => 2,
    };
    let mut out = vec![first];
    match (short + longer).min(2) {
        0 => out.push(bit | length.to_le_bytes()[0]),
        1 => {
            out.push(bit | 0x7e);
            out.extend(&length.to_be_bytes()[6..]);
        }
        _ => {
            out.push(bit | 0x7f);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(key.iter().flatten());
    let start = out.len();
    out.extend(payload);
    if let Some(key) = key {
        Mask::new(key).apply(&mut out[start..]);
    }
    out
}

/// A message in fragments, with control frames between them, each as its first byte and payload.
fn message() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let control = prop_oneof![
        4 => (select(&[0x89_u8, 0x8a][..]), text()),
        1 => (Just(0x88), close()),
        1 => (any::<u8>(), payload()),
    ];
    (
        select(&[1_u8, 1, 2][..]),
        vec((payload(), prop::option::weighted(0.2, control)), 1..4),
    )
        .prop_map(|(opcode, fragments)| {
            let mut frames = Vec::new();
            let last = fragments.len() - 1;
            for (nth, (payload, control)) in fragments.into_iter().enumerate() {
                let opcode = if nth == 0 { opcode } else { 0 };
                let fin = if nth == last { 0x80 } else { 0 };
                frames.push((fin | opcode, payload));
                frames.extend(control);
            }
            frames
        })
}

/// What one side sends, mostly as it should.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let key = prop::option::of(any::<[u8; 4]>());
    let wrong = prop::option::weighted(0.1, (any::<prop::sample::Index>(), 0..3_u8));
    (vec(message(), 1..4), key, wrong).prop_map(|(messages, key, wrong)| {
        let mut frames = messages.concat();
        let wrong = wrong.map(|(index, what)| (index.index(frames.len()), what));
        let mut out = Vec::new();
        for (nth, (first, payload)) in frames.drain(..).enumerate() {
            let what = wrong.filter(|(at, _)| *at == nth).map(|(_, what)| what);
            out.extend(match (what, key) {
                (None, key) => encode(first, key, &payload, 0),
                (Some(0), key) => encode(first, key, &payload, 1),
                (Some(1), Some(_)) => encode(first, None, &payload, 0),
                (Some(1), None) => encode(first, Some([1, 2, 3, 4]), &payload, 0),
                (Some(_), key) => encode(first ^ 0x81, key, &payload, 0),
            });
        }
        out
    })
}

/// What a spoiler does to one byte.
#[derive(Debug, Clone)]
enum Spoil {
    Not,
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let at = || any::<usize>();
    prop_oneof![
        4 => Just(Spoil::Not),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Replace(at, byte)),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Insert(at, byte)),
        1 => at().prop_map(Spoil::Remove),
        1 => at().prop_map(Spoil::Cut),
    ]
}

impl Spoil {
    fn apply(self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len().max(1);
        match self {
            Self::Replace(at, byte) => bytes[at % length] = byte,
            Self::Insert(at, byte) => bytes.insert(at % length, byte),
            Self::Remove(at) => {
                bytes.remove(at % length);
            }
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Not => {}
        }
        bytes
    }
}

#[test]
fn of_what_is_made_up_much_is_right_and_much_is_wrong() {
    let mut runner = TestRunner::deterministic();
    let (streams, limits) = (stream(), Limits::default());
    let (mut right, mut wrong) = (0, 0);
    for _ in 0..1000 {
        let stream = streams.new_tree(&mut runner).expect("a stream").current();
        let read = |role| checks::read(&stream, &[stream.len()], role, &limits).error;
        match (read(Role::Server), read(Role::Client)) {
            (Some(_), Some(_)) => wrong += 1,
            _ => right += 1,
        }
    }
    assert!((200..800).contains(&right), "{right} right, {wrong} wrong");
}

proptest! {
    #[test]
    fn frames_of_any_kind_are_read_in_one_way(stream in stream(), spoil in spoil(), cut: usize) {
        checks::frames(&spoil.apply(stream), cut);
    }

    #[test]
    fn two_implementations_understand_the_same(stream in stream(), spoil in spoil()) {
        others::second_opinion(&spoil.apply(stream));
    }

    #[test]
    fn what_is_written_is_what_is_read(plan: Vec<u8>) {
        checks::round_trip(&plan);
    }

    #[test]
    fn bytes_of_any_kind_are_survived(input: Vec<u8>, cut: usize) {
        checks::frames(&input, cut);
        checks::utf8(&input, cut);
        others::second_opinion(&input);
    }

    #[test]
    fn a_text_is_judged_the_same_however_it_is_cut(parts in vec(text(), 0..6), cut: usize) {
        checks::utf8(&parts.concat(), cut);
    }
}
