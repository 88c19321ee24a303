//! Messages through deflaters and inflaters: in any pieces, with windows of every size, and beside
//! another implementation of DEFLATE.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec;
use proptest::collection::vec;
use proptest::prelude::*;

use super::agreement::{Agreement, Direction, Policy, Takeover};
use super::budget::Budget;
use super::incoming::Incoming;
use super::{Deflater, Deflation, Inflater, Inflation, Window};
use crate::{Error, Kind, Limits, Part};

/// What a compressed message becomes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    bytes: Vec<u8>,
    longest: usize,
    ended: bool,
}

fn direction(bits: u8, takeover: Takeover) -> Direction {
    let window = Window::of(bits).expect("a window");
    Direction { window, takeover }
}

const KEPT: Takeover = Takeover::Kept;
const RESET: Takeover = Takeover::Reset;

/// Adds a message in parts of `length`, and none after an error.
fn add(
    incoming: &mut Incoming,
    direction: Direction,
    (kind, compressed, length): (Kind, &[u8], usize),
    limits: &Limits,
    shared: &mut Inflation,
) -> Result<Read, Error> {
    let mut read = Read::default();
    let mut parts = compressed.chunks(length.max(1)).peekable();
    while let Some(bytes) = parts.next() {
        let last = parts.peek().is_none();
        let part = Part { kind, bytes, last };
        let mut sum = 0;
        let made = incoming.add(part, direction, limits, shared, |part| {
            assert!(!read.ended, "a part after the last");
            assert!(part.last || !part.bytes.is_empty(), "a part without bytes");
            sum += part.bytes.len();
            read.longest = read.longest.max(part.bytes.len());
            read.bytes.extend_from_slice(part.bytes);
            read.ended = part.last;
        })?;
        assert_eq!(made, sum);
    }
    Ok(read)
}

fn inflate(compressed: &[u8]) -> Result<Vec<u8>, Error> {
    let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
    let message = (Kind::Binary, compressed, compressed.len());
    let read = add(
        &mut incoming,
        direction(15, RESET),
        message,
        &Limits::default(),
        &mut shared,
    )?;
    assert!(read.ended && incoming.is_empty());
    Ok(read.bytes)
}

fn deflate(deflater: &mut Deflater, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    deflater.deflate(bytes, true, &mut out);
    out
}

/// RFC 7692 §7.2.3.
#[test]
fn the_examples_of_the_rfc_are_inflated() {
    for (compressed, message) in [
        (&b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..], &b"Hello"[..]),
        (b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", b"Hello"),
        (b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", b"Hello"),
        (
            b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
            b"Hello",
        ),
        (b"\x00", b""),
    ] {
        assert_eq!(
            inflate(compressed).as_deref(),
            Ok(message),
            "{}",
            compressed.escape_ascii()
        );
    }
    let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
    for compressed in [
        &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..],
        b"\xf2\x00\x11\x00\x00",
    ] {
        let message = (Kind::Text, compressed, 1);
        let read = add(
            &mut incoming,
            direction(15, KEPT),
            message,
            &Limits::default(),
            &mut shared,
        );
        assert_eq!(read.expect("a message").bytes, b"Hello");
    }
}

#[test]
fn what_refers_to_an_earlier_message_is_damaged_without_takeover() {
    assert_eq!(inflate(b"\xf2\x00\x11\x00\x00"), Err(Error::Compression));
}

#[test]
fn the_last_message_is_in_the_window_with_takeover_only() {
    let mut deflater = Deflater::new(Window::LARGEST);
    let line = b"{\"name\":\"alice\",\"text\":\"hello, everybody who is here today\"}".repeat(3);
    let first = deflate(&mut deflater, &line);
    let second = deflate(&mut deflater, &line);
    assert!(
        second.len() < first.len() / 3,
        "{} after {}",
        second.len(),
        first.len()
    );
    deflater.reset();
    assert_eq!(deflate(&mut deflater, &line), first);
}

#[test]
fn an_empty_message_is_one_byte_each_time() {
    let mut deflater = Deflater::new(Window::LARGEST);
    for _ in 0..3 {
        assert_eq!(deflate(&mut deflater, b""), b"\x00");
        assert_eq!(
            inflate(&deflate(&mut deflater, b"")).as_deref(),
            Ok(&b""[..])
        );
    }
}

/// 700 bytes that don't repeat, twice: only a larger window still holds the first ones.
#[test]
fn no_message_points_back_further_than_its_window() {
    let once = noise(700);
    let twice = once.repeat(2);
    let mut piece = [0; 64]; // short, so that the inflater has nothing but its window
    for (bits, finds_them) in [(9, false), (11, true), (15, true)] {
        let window = Window::of(bits).expect("a window");
        let compressed = deflate(&mut Deflater::new(window), &twice);
        let length = compressed.len();
        assert_eq!(length < 1000, finds_them, "{length} with {bits} bits");
        let mut read = Vec::new();
        let filled = Inflater::new(window).inflate(&compressed, true, &mut piece, |bytes| {
            read.extend_from_slice(bytes);
            Ok(())
        });
        read.extend_from_slice(&piece[..filled.expect("compressed data")]);
        assert!(read == twice);
    }
}

/// Bytes in which nothing repeats.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn a_bomb_ends_within_a_piece_of_the_limit() {
    let mut deflater = Deflater::new(Window::LARGEST);
    let bomb = deflate(&mut deflater, &vec![0; 16 << 20]);
    let limits = Limits {
        message: 100_000,
        ..Limits::default()
    };
    for takeover in [KEPT, RESET] {
        let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
        let mut seen = 0;
        let part = Part {
            kind: Kind::Binary,
            bytes: &bomb,
            last: true,
        };
        let direction = direction(15, takeover);
        let outcome = incoming.add(part, direction, &limits, &mut shared, |part| {
            seen += part.bytes.len();
        });
        assert_eq!(outcome, Err(Error::MessageTooLong));
        assert!(seen <= 100_000, "{seen} of {} bytes", 16 << 20);
    }
}

#[test]
fn a_message_of_just_the_limit_is_taken_and_one_byte_more_is_not() {
    let limits = Limits {
        message: 40_000,
        ..Limits::default()
    };
    for (length, fits) in [(40_000, true), (40_001, false)] {
        let compressed = deflate(&mut Deflater::new(Window::LARGEST), &vec![b'x'; length]);
        let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
        let message = (Kind::Text, &compressed[..], 7);
        let read = add(
            &mut incoming,
            direction(15, RESET),
            message,
            &limits,
            &mut shared,
        );
        assert_eq!(read.is_ok(), fits, "{length}");
    }
}

#[test]
fn text_is_checked_once_it_is_inflated_however_it_is_cut() {
    for (text, good) in [
        ("für 5 € 🎈".as_bytes(), true),
        (b"caf\xc3", false),
        (b"\xff", false),
        (b"ok\xed\xa0\x80", false),
    ] {
        let compressed = deflate(&mut Deflater::new(Window::LARGEST), text);
        for length in 1..=compressed.len() {
            for (kind, good) in [(Kind::Text, good), (Kind::Binary, true)] {
                let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
                let message = (kind, &compressed[..], length);
                let read = add(
                    &mut incoming,
                    direction(15, KEPT),
                    message,
                    &Limits::default(),
                    &mut shared,
                );
                let expected = if good { Ok(()) } else { Err(Error::Utf8) };
                assert_eq!(read.map(|_| ()), expected, "{}", text.escape_ascii());
            }
        }
    }
}

#[test]
fn a_message_that_has_hardly_begun_holds_no_inflater() {
    let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
    let part = |bytes, last| Part {
        kind: Kind::Binary,
        bytes,
        last,
    };
    let limits = Limits::default();
    let stored = [&b"\x00\x00\x80\xff\x7f"[..], &vec![b'x'; 0x8000], b"\x00"].concat();
    let mut said = 0;
    let mut add = |incoming: &mut Incoming, bytes, last| {
        let added = incoming.add(
            part(bytes, last),
            direction(15, RESET),
            &limits,
            &mut shared,
            |part| said += part.bytes.len(),
        );
        added.expect("a message")
    };
    assert_eq!(add(&mut incoming, &stored[..4096], false), 0);
    assert!(!incoming.holds_inflater());
    assert!(add(&mut incoming, &stored[4096..4097], false) > 0);
    assert!(incoming.holds_inflater());
    add(&mut incoming, &stored[4097..], true);
    assert!(incoming.is_empty(), "something is kept without takeover");
    assert_eq!(said, 0x8000);
}

#[test]
fn only_what_gets_shorter_is_compressed() {
    let mut deflation = Deflation::default();
    let random = noise(20_000);
    let text = b"all that is said here is said again. ".repeat(600);
    for takeover in [KEPT, RESET] {
        let (direction, mut own) = (direction(15, takeover), None);
        assert!(
            deflation
                .message(direction, &mut own, &text[..20])
                .is_none(),
            "too short"
        );
        assert!(
            deflation
                .message(direction, &mut own, &text)
                .is_some_and(|bytes| bytes.len() < text.len() / 10)
        );
        assert!(
            deflation.message(direction, &mut own, &random).is_none(),
            "random"
        );
        assert!(
            deflation
                .message(direction, &mut own, &random[..1000])
                .is_none(),
            "random, and short"
        );
    }
}

/// The peer hasn't seen a message compressed that was sent as it is: what follows it doesn't refer to it.
#[test]
fn a_message_that_was_sent_as_it_is_is_not_in_the_window() {
    let (mut deflation, mut own) = (Deflation::default(), None);
    let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
    let random = noise(2000);
    let text = [&random[..500], &b"and so on. ".repeat(100)].concat();
    let kept = direction(15, KEPT);
    let as_it_is = deflation.message(kept, &mut own, &random);
    assert_eq!(as_it_is, None, "it gets no shorter");
    for message in [&text[..], &text] {
        let compressed = deflation.message(kept, &mut own, message);
        let compressed = compressed.expect("it gets shorter");
        let message_in = (Kind::Binary, compressed, 100);
        let read = add(
            &mut incoming,
            kept,
            message_in,
            &Limits::default(),
            &mut shared,
        );
        assert!(read.expect("a message").bytes == message);
    }
}

#[test]
fn the_budget_has_room_for_so_many_connections() {
    let both = |takeover| Agreement {
        server: direction(15, takeover),
        client: direction(15, takeover),
    };
    let mut budget = Budget::new(1 << 20);
    let mut agreements = Vec::new();
    while budget.has_room(both(KEPT)) {
        budget.take(both(KEPT));
        agreements.push(both(KEPT));
    }
    assert_eq!(agreements.len(), 2);
    assert!(budget.has_room(both(RESET)), "that costs nothing");
    assert!(budget.held() <= 1 << 20);
    for agreement in &agreements {
        budget.give_back(*agreement);
    }
    assert_eq!(budget.held(), 0);
    assert_eq!(Policy::default().takeover, KEPT);
}

/// A text in which much repeats, or bytes in which nothing does.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "alice ",
        "says ",
        "hello ",
        "ü€ ",
        "{\"id\":",
        "0123456789",
    ]);
    prop_oneof![
        3 => vec(words, 0..400).prop_map(|words| words.concat().into_bytes()),
        1 => vec(any::<u8>(), 0..600),
        1 => (any::<u8>(), 0..60_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

proptest! {
    #[test]
    fn messages_come_out_as_they_went_in(
        all in vec(messages(), 1..4), server in 9..=15_u8, kept: bool, part in 1..3000_usize, fragment in 1..70_000_usize,
    ) {
        let takeover = if kept { KEPT } else { RESET };
        let direction = direction(server, takeover);
        let (mut deflation, mut own) = (Deflation::default(), None);
        let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
        for message in all {
            let mut compressed = Vec::new();
            let mut fragments = message.chunks(fragment).peekable();
            while let Some(bytes) = fragments.next() {
                let last = fragments.peek().is_none();
                compressed.extend(deflation.fragment(direction, &mut own, bytes, last));
            }
            if message.is_empty() {
                compressed.extend(deflation.fragment(direction, &mut own, b"", true));
            }
            let input = (Kind::Binary, &compressed[..], part);
            let read = add(&mut incoming, direction, input, &Limits::default(), &mut shared).expect("a message");
            prop_assert!(read.ended && read.bytes == message);
            prop_assert!(read.longest <= 16 * 1024);
            prop_assert!(kept || incoming.is_empty());
            if !kept {
                // With an end, it is a stream that others understand.
                let stream = [&compressed[..], b"\x00\x00\xff\xff\x03\x00"].concat();
                let theirs = decompress_to_vec(&stream).ok();
                prop_assert_eq!(theirs.as_deref(), Some(&message[..]));
            }
        }
    }

    /// Another implementation's streams end with a last block, as a sender's messages may.
    #[test]
    fn what_others_compress_is_inflated(message in messages(), level in 0..=10_u8, part in 1..3000_usize) {
        let mut compressed = compress_to_vec(&message, level);
        compressed.push(0); // RFC 7692 §7.2.3.4
        let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
        let input = (Kind::Binary, &compressed[..], part);
        let read = add(&mut incoming, direction(15, RESET), input, &Limits::default(), &mut shared);
        prop_assert!(read.expect("a message").bytes == message);
    }

    /// Whatever comes, the outcome doesn't depend on how it was cut, and nothing goes beyond the limit.
    #[test]
    fn what_is_damaged_is_refused_however_it_is_cut(message in messages(), flips in vec((any::<usize>(), any::<u8>()), 0..4), part in 1..5000_usize) {
        let mut compressed = deflate(&mut Deflater::new(Window::LARGEST), &message);
        for (at, bits) in flips {
            let at = at % compressed.len();
            compressed[at] ^= bits;
        }
        let limits = Limits { message: 50_000, ..Limits::default() };
        let outcomes = [compressed.len(), part].map(|part| {
            let (mut incoming, mut shared) = (Incoming::default(), Inflation::default());
            let read = add(&mut incoming, direction(15, RESET), (Kind::Text, &compressed, part), &limits, &mut shared);
            read.map(|read| read.bytes)
        });
        match &outcomes {
            [Ok(whole), Ok(cut)] => prop_assert!(whole == cut && whole.len() <= 50_000),
            outcomes => prop_assert!(outcomes.iter().all(Result::is_err), "{:?}", outcomes),
        }
    }
}
