use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[test]
fn an_empty_buffer_holds_no_memory() {
    assert_eq!(Buffer::new().capacity(), 0);
    assert_eq!(Buffer::from(&b"four"[..]).capacity(), 4);
}

#[test]
#[should_panic(expected = "consumed 3 of 2 bytes")]
fn consuming_more_than_there_is_panics() {
    Buffer::from(&b"ab"[..]).consume(3);
}

#[test]
fn unread_bytes_can_be_changed_in_place() {
    let mut buffer = Buffer::from(&b"masked"[..]);
    buffer.consume(4);
    buffer.iter_mut().for_each(|byte| *byte ^= 0x20);
    assert_eq!(&*buffer, b"ED");
}

#[test]
fn what_is_taken_is_consumed_and_can_be_changed() {
    let mut buffer = Buffer::from(&b"abcd"[..]);
    buffer.consume(1);
    let taken = buffer.take(2);
    taken.make_ascii_uppercase();
    assert_eq!(taken, b"BC");
    assert_eq!(&*buffer, b"d");
    assert_eq!(buffer.take(1), b"d");
    assert!(buffer.is_empty());
}

#[test]
#[should_panic(expected = "consumed 3 of 2 bytes")]
fn taking_more_than_there_is_panics() {
    Buffer::from(&b"ab"[..]).take(3);
}

#[test]
fn headroom_takes_what_fits_and_no_more() {
    let mut buffer = Buffer::with_size(12);
    buffer.space(4, 8)[..3].copy_from_slice(b"def");
    buffer.filled(4, 3);
    assert!(buffer.prepend(b"abc"));
    assert_eq!(&*buffer, b"abcdef");
    assert!(!buffer.prepend(b"12"), "one byte of headroom is left");
    assert_eq!(&*buffer, b"abcdef");
}

#[test]
fn a_long_queue_moves_each_byte_a_few_times_at_most() {
    // A queue of constant length through which much passes: its memory stays near its length.
    let mut buffer = Buffer::new();
    buffer.extend(&[0; 1000]);
    for _ in 0..10_000 {
        buffer.extend(&[1; 10]);
        buffer.consume(10);
    }
    assert_eq!(buffer.len(), 1000);
    assert!(buffer.capacity() <= 4 * 1000, "{}", buffer.capacity());
}

#[derive(Debug, Clone)]
enum Step {
    Extend(Vec<u8>),
    Prepend(Vec<u8>),
    Fill(Vec<u8>),
    Consume(usize),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || vec(any::<u8>(), 0..40);
    prop_oneof![
        4 => bytes().prop_map(Step::Extend),
        2 => bytes().prop_map(Step::Prepend),
        2 => bytes().prop_map(Step::Fill),
        4 => (0..60usize).prop_map(Step::Consume),
        1 => Just(Step::Clear),
    ]
}

proptest! {
    #[test]
    fn a_buffer_is_a_queue(steps in vec(step(), 1..100)) {
        let mut buffer = Buffer::with_size(80);
        let mut model = VecDeque::new();
        for step in steps {
            match step {
                Step::Extend(bytes) => {
                    buffer.extend(&bytes);
                    model.extend(bytes);
                }
                Step::Prepend(bytes) => {
                    if buffer.prepend(&bytes) {
                        bytes.into_iter().rev().for_each(|byte| model.push_front(byte));
                    }
                }
                Step::Fill(bytes) => {
                    if buffer.capacity() >= 80 {
                        buffer.space(16, 64)[..bytes.len()].copy_from_slice(&bytes);
                        buffer.filled(16, bytes.len());
                        model = bytes.into();
                    }
                }
                Step::Consume(count) => {
                    let count = count.min(buffer.len());
                    buffer.consume(count);
                    model.drain(..count);
                }
                Step::Clear => {
                    buffer.clear();
                    model.clear();
                }
            }
            prop_assert_eq!(&*buffer, &*model.make_contiguous());
        }
    }
}
