//! Frames whole and in all pieces that there are.

use crate::subject::{Bad, Decoder, LIMIT};
use nix::sys::resource::{Resource, setrlimit};

const BOOK: &str = "07-messages.html#payload-as-it-comes";

/// The frames of each piece, in words.
type Told = Vec<Vec<String>>;

#[test]
fn no_bytes_are_no_frame() {
    check(
        &[&[]],
        &[""; 0],
        "Nothing has come, so there is nothing to tell.",
    );
}

#[test]
fn a_frame_in_one_piece_is_decoded() {
    check(
        &[b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"],
        &["text, last, \"Hello\""],
        "This is the example of RFC 6455 §5.7: two bytes of header, four of the key, five of payload. Byte `i` of \
         the payload is combined with byte `i % 4` of the key.",
    );
}

#[test]
fn each_form_of_a_length_is_read() {
    for length in [0, 1, 125, 126, 255, 256, 65_535, 65_536, 100_000] {
        let payload = vec![b'x'; length];
        let bytes = frame(0x82, &payload);
        let lengths: Vec<usize> = harness::call(|| {
            limit_memory();
            let frames = Decoder::default().feed(&bytes).unwrap_or_default();
            frames.iter().map(|frame| frame.payload.len()).collect()
        });
        if lengths != [length] {
            fail(
                &[&bytes[..bytes.len().min(14)]],
                &lengths
                    .iter()
                    .map(|length| format!("a frame of {length} bytes"))
                    .collect::<Vec<_>>(),
                &[format!("a frame of {length} bytes")],
                "All of the frame was there. Behind 126 the length has two bytes, behind 127 it has eight, and the \
                 highest comes first.",
            );
        }
    }
}

#[test]
fn a_frame_may_be_cut_anywhere() {
    let (bytes, expected) = three_frames();
    let cut = |at| [&bytes[..at], &bytes[at..]];
    let all: Vec<Told> = harness::call(|| (0..=bytes.len()).map(|at| told(&cut(at))).collect());
    for (at, told) in all.iter().enumerate() {
        judge(
            &cut(at),
            told,
            &expected,
            "Three frames in two pieces. What the first call can't use is the beginning of what the second call \
             brings. It may end in the header, in the length, in the key or in the payload.",
        );
    }
}

#[test]
fn frames_may_come_byte_by_byte() {
    let (bytes, expected) = three_frames();
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    check(
        &pieces,
        &expected,
        "Each byte came alone. All that came before it has to be known still, and the key goes on where it was.",
    );
}

#[test]
fn frames_behind_one_another_are_all_decoded() {
    let bytes = [
        frame(0x81, b"one"),
        frame(0x01, b"two"),
        frame(0x80, b""),
        frame(0x82, b"\0"),
    ]
    .concat();
    check(
        &[&bytes],
        &[
            "text, last, \"one\"",
            "text, \"two\"",
            "opcode 0, last, \"\"",
            "binary, last, \"\\x00\"",
        ],
        "Four frames came at once. Behind the end of one the next begins. No further bytes will come to have you \
         look for it.",
    );
}

#[test]
fn a_frame_is_told_with_its_last_byte() {
    for payload in [&b"hello"[..], b""] {
        let bytes = frame(0x81, payload);
        let (before, last) = bytes.split_at(bytes.len() - 1);
        let told: Told = harness::call(|| told(&[before, last]));
        let counts: Vec<usize> = told.iter().map(Vec::len).collect();
        if counts != [0, 1] {
            fail(
                &[before, last],
                &counts
                    .iter()
                    .map(|count| format!("{count} frames"))
                    .collect::<Vec<_>>(),
                &["0 frames", "1 frames"],
                "A frame is complete with its last byte, which may be the last of the key. Before that it isn't; \
                 and behind that nothing need come, as the client waits for an answer.",
            );
        }
    }
}

#[test]
fn a_frame_without_a_mask_is_refused_at_once() {
    check(
        &[b"\x81", b"\x05"],
        &["Err(Unmasked)"],
        "MASK is 0 in byte 1. No byte that follows can change that. Without a mask, a client could be made to \
         send bytes that a proxy takes for a request (RFC 6455 §10.3).",
    );
}

#[test]
fn a_longer_length_without_a_mask_is_refused_as_soon() {
    for second in [b"\x7e", b"\x7f"] {
        check(
            &[b"\x81", second],
            &["Err(Unmasked)"],
            "MASK is 0 in byte 1, and that is known before the longer length has come.",
        );
    }
    let long = [&b"\x82\x7f"[..], &(LIMIT + 1).to_be_bytes()].concat();
    check(
        &[&long],
        &["Err(Unmasked)"],
        "This frame has no mask and is too long. Byte 1 comes before the length: Unmasked is known first.",
    );
}

#[test]
fn the_reserved_bits_are_no_part_of_the_opcode() {
    for (first, expected) in [
        (0xc1, "text, last, \"a\""),
        (0x71, "text, \"a\""),
        (0xff, "opcode 15, last, \"a\""),
        (0x09, "opcode 9, \"a\""),
    ] {
        check(
            &[&frame(first, b"a")],
            &[expected],
            "Byte 0 has FIN, three reserved bits and four bits of opcode. Whether the reserved ones are set makes \
             no other opcode.",
        );
    }
}

#[test]
fn what_is_too_long_is_refused_at_once() {
    for length in [
        LIMIT + 1,
        1 << 17,
        1 << 31,
        1 << 32,
        (1 << 32) + 5,
        1 << 62,
        (1 << 63) + 5,
        u64::MAX,
    ] {
        let header = [&b"\x82\xff"[..], &length.to_be_bytes()].concat();
        check(
            &[&header[..9], &header[9..]],
            &["Err(TooLong)"],
            "Here the header says how long the payload will be, and it is more than we take. Whoever waits for \
             it, or makes room for it, has lost.",
        );
    }
}

/// A text, a Ping, and a frame with a longer length, as bytes and in words.
fn three_frames() -> (Vec<u8>, Vec<String>) {
    let long: Vec<u8> = (b'a'..=b'z').cycle().take(130).collect();
    let bytes = [frame(0x01, b"Hel"), frame(0x89, b""), frame(0x80, &long)];
    let words = [
        "text, \"Hel\"".to_owned(),
        "opcode 9, last, \"\"".to_owned(),
        format!("opcode 0, last, \"{}\"", long.escape_ascii()),
    ];
    (bytes.concat(), words.into())
}

/// A frame as a client sends it.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..126), _) => bytes.push(0x80 | length),
        (_, Ok(length)) => {
            bytes.push(0xfe); // MASK, and 126
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            bytes.push(0xff); // MASK, and 127
            bytes.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&KEY);
    bytes.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    bytes
}

#[track_caller]
fn check<T: AsRef<str>>(pieces: &[&[u8]], expected: &[T], means: &str) {
    let told: Told = harness::call(|| told(pieces));
    judge(pieces, &told, expected, means);
}

/// Feeds `pieces`, one behind another, and collects what each of them completes.
fn told(pieces: &[&[u8]]) -> Told {
    limit_memory();
    let mut decoder = Decoder::default();
    let mut all = Told::new();
    for piece in pieces {
        match decoder.feed(piece) {
            Ok(frames) => all.push(
                frames
                    .iter()
                    .map(|frame| {
                        let kind = match frame.opcode {
                            1 => "text".to_owned(),
                            2 => "binary".to_owned(),
                            other => format!("opcode {other}"),
                        };
                        let last = if frame.last { ", last" } else { "" };
                        format!("{kind}{last}, \"{}\"", frame.payload.escape_ascii())
                    })
                    .collect(),
            ),
            Err(bad) => {
                let bad = match bad {
                    Bad::Unmasked => "Err(Unmasked)",
                    Bad::TooLong => "Err(TooLong)",
                };
                all.push(vec![bad.to_owned()]);
                break;
            }
        }
    }
    all
}

/// A loop that tells frames for ever shall not take the machine with it. This fails only where less is allowed
/// already.
fn limit_memory() {
    let _ = setrlimit(Resource::RLIMIT_AS, 1 << 30, 1 << 30);
}

#[track_caller]
fn judge<T: AsRef<str>>(pieces: &[&[u8]], told: &Told, expected: &[T], means: &str) {
    let told = told.concat();
    if !told
        .iter()
        .map(String::as_str)
        .eq(expected.iter().map(AsRef::as_ref))
    {
        fail(pieces, &told, expected, means);
    }
}

/// Ends the test with a verdict.
#[track_caller]
fn fail<T: AsRef<str>>(pieces: &[&[u8]], told: &[String], expected: &[T], means: &str) -> ! {
    let mut input: Vec<_> = match pieces {
        [.., _, _, _] => vec![hex(&pieces.concat()), "byte by byte".to_owned()],
        _ => pieces.iter().map(|piece| hex(piece)).collect(),
    };
    input.retain(|piece| !piece.is_empty());
    let list = |frames: Vec<&str>| match frames.as_slice() {
        [] => "nothing".to_owned(),
        some => some.join("\n          "),
    };
    panic!(
        "the input {}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
        input.join("\n     then "),
        list(expected.iter().map(AsRef::as_ref).collect()),
        list(told.iter().map(String::as_str).collect())
    );
}

/// The first bytes of a piece, and how many there are.
fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match bytes.len() {
        0..=16 => digits.join(" "),
        more => format!("{} … ({more} bytes)", digits.join(" ")),
    }
}
