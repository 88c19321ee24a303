use super::Assembler;
use crate::{Kind, Part};

fn part(bytes: &[u8], last: bool) -> Part<'_> {
    Part {
        kind: Kind::Binary,
        bytes,
        last,
    }
}

#[test]
fn a_message_in_one_part_is_not_copied() {
    let mut assembler = Assembler::default();
    let bytes = b"whole";
    let message = assembler.add(part(bytes, true)).expect("all of it");
    assert_eq!(message.bytes.as_ptr(), bytes.as_ptr());
}

#[test]
fn parts_make_a_message_and_the_next_one_begins_anew() {
    let mut assembler = Assembler::default();
    for _ in 0..2 {
        assert_eq!(assembler.add(part(b"a", false)), None);
        assert_eq!(assembler.add(part(b"b", false)), None);
        let message = assembler.add(part(b"", true)).expect("all of it");
        assert_eq!(message.bytes, b"ab");
        assert_eq!(message.text(), None, "bytes are no text");
    }
    let message = assembler.add(part(b"c", true)).expect("all of it");
    assert_eq!(message.bytes, b"c");
}

#[test]
fn the_memory_of_a_long_message_is_given_back() {
    let mut assembler = Assembler::default();
    assert_eq!(assembler.add(part(&vec![0; 100_000], false)), None);
    assert!(assembler.add(part(b"", true)).is_some());
    assert!(assembler.add(part(b"short", true)).is_some());
    assert!(assembler.parts.capacity() <= super::KEPT);
}
