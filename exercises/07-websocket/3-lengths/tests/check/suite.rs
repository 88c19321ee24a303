//! Lengths on both sides of 125 and 65,535.

use crate::subject::{Bad, read, write};

const BOOK: &str = "07-frames.html#frames";

/// Lengths, and how each stands in a frame.
const FORMS: [(u64, &[u8]); 12] = [
    (0, &[0]),
    (5, &[5]),
    (125, &[125]),
    (126, &[126, 0, 126]),
    (127, &[126, 0, 127]),
    (256, &[126, 1, 0]),
    (1000, &[126, 0x03, 0xe8]),
    (65_534, &[126, 0xff, 0xfe]),
    (65_535, &[126, 0xff, 0xff]),
    (65_536, &[127, 0, 0, 0, 0, 0, 1, 0, 0]),
    (0x0102_0304_0506_0708, &[127, 1, 2, 3, 4, 5, 6, 7, 8]),
    (
        (1 << 63) - 1,
        &[127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ),
];

#[test]
fn up_to_125_it_is_one_byte() {
    check_write(
        |length| length <= 125,
        "Up to 125 the length is the byte itself. 126 and 127 there would mean that the length comes later.",
    );
}

#[test]
fn from_126_to_65_535_it_is_three_bytes() {
    check_write(
        |length| (126..=65_535).contains(&length),
        "From 126 on the first byte is 126, and two more are the length, the highest first. The largest number \
         of two bytes is 65,535: it still has this form.",
    );
}

#[test]
fn from_65_536_on_it_is_nine_bytes() {
    check_write(
        |length| length > 65_535,
        "What two bytes are too short for has eight, the highest first; the first byte is 127.",
    );
}

#[test]
fn each_form_is_read() {
    check_read(
        FORMS.map(|(length, bytes)| (bytes.to_vec(), words(length, bytes))),
        "This is the shortest form of that length. A number's highest byte comes first, in both directions, \
         whatever the machine does in its memory.",
    );
}

#[test]
fn mask_is_no_part_of_it() {
    check_read(
        FORMS.map(|(length, bytes)| {
            let mut masked = bytes.to_vec();
            masked[0] |= 0x80;
            (masked, words(length, bytes))
        }),
        "The highest bit of the first byte is MASK, and it is 1 in each frame of a client. The length is in the \
         seven others: look at these alone.",
    );
}

#[test]
fn what_is_behind_it_is_left() {
    check_read(
        FORMS.map(|(length, bytes)| ([bytes, &[0xff; 8]].concat(), words(length, bytes))),
        "Behind the length come the key and the payload. They say nothing about the length.",
    );
}

#[test]
fn a_length_may_be_cut() {
    let cut = FORMS.into_iter().flat_map(|(_, bytes)| {
        (0..bytes.len()).map(|end| (bytes[..end].to_vec(), "None".to_owned()))
    });
    // What is wrong with these is told when the last byte is there.
    let wrong = [
        &[0x7f, 0x80, 0, 0, 0, 0, 0, 0][..],
        &[0x7f, 0xff, 0xff],
        &[0x7f, 0, 0, 0, 0, 0, 0, 0],
        &[0x7e, 0],
    ];
    let cut = cut.chain(wrong.map(|bytes| (bytes.to_vec(), "None".to_owned())));
    check_read(
        cut,
        "The rest of the length is still to come. Nothing is wrong with it yet, or not for sure: it is judged when it is whole.",
    );
}

#[test]
fn only_the_shortest_form_is_taken() {
    check_read(
        [0_u16, 1, 124, 125].map(|length| {
            let bytes = [&[0xfe], &length.to_be_bytes()[..]].concat();
            (bytes, "Err(NotShortest)".to_owned())
        }),
        "Up to 125, one byte is enough. There is one form for each length, and no other is allowed (RFC 6455 \
         §5.2).",
    );
    check_read(
        [0_u64, 125, 126, 65_534, 65_535].map(|length| {
            let bytes = [&[0xff], &length.to_be_bytes()[..]].concat();
            (bytes, "Err(NotShortest)".to_owned())
        }),
        "Up to 65,535, two bytes are enough. There is one form for each length, and no other is allowed \
         (RFC 6455 §5.2).",
    );
}

#[test]
fn the_highest_bit_must_be_0() {
    check_read(
        [1_u64 << 63, u64::MAX].map(|length| {
            let bytes = [&[0xff], &length.to_be_bytes()[..]].concat();
            (bytes, "Err(TooLarge)".to_owned())
        }),
        "The highest of the 64 bits must be 0 (RFC 6455 §5.2). A program that reads it as a signed number would \
         have a length below 0.",
    );
}

/// What `read` should say of a length in this form.
fn words(length: u64, form: &[u8]) -> String {
    format!("{length} in {} bytes", form.len())
}

#[track_caller]
fn check_write(which: fn(u64) -> bool, means: &str) {
    let forms = FORMS.iter().filter(|(length, _)| which(*length));
    let forms: Vec<_> = forms.collect();
    let written: Vec<Vec<u8>> =
        harness::call(|| forms.iter().map(|(length, _)| write(*length)).collect());
    for ((length, bytes), written) in forms.into_iter().zip(&written) {
        assert!(
            written == bytes,
            "written   {length}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
            hex(bytes),
            hex(written)
        );
    }
}

/// Reads bytes, and compares what is told of them with what should be.
#[track_caller]
fn check_read(cases: impl IntoIterator<Item = (Vec<u8>, String)>, means: &str) {
    let cases: Vec<_> = cases.into_iter().collect();
    let all: Vec<String> = harness::call(|| cases.iter().map(|(bytes, _)| told(bytes)).collect());
    for ((bytes, expected), told) in cases.iter().zip(&all) {
        assert!(
            told == expected,
            "read      {}\nexpected  {expected}\nreceived  {told}\nit means  {means}\nread      book: {BOOK}",
            hex(bytes)
        );
    }
}

fn told(bytes: &[u8]) -> String {
    match read(bytes) {
        Ok(Some((length, used))) => format!("{length} in {used} bytes"),
        Ok(None) => "None".to_owned(),
        Err(Bad::NotShortest) => "Err(NotShortest)".to_owned(),
        Err(Bad::TooLarge) => "Err(TooLarge)".to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.as_slice() {
        [] => "no bytes".to_owned(),
        some => some.join(" "),
    }
}
