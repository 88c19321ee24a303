use proptest::prelude::*;

use super::*;

#[test]
fn a_range_names_its_first_and_last_byte() {
    assert_eq!(wanted(b"bytes=0-0", 10), Wanted::Part(0..1));
    assert_eq!(wanted(b"bytes=2-5", 10), Wanted::Part(2..6));
    assert_eq!(wanted(b"bytes=0-9", 10), Wanted::Part(0..10));
}

#[test]
fn a_range_without_an_end_goes_to_the_end() {
    assert_eq!(wanted(b"bytes=0-", 10), Wanted::Part(0..10));
    assert_eq!(wanted(b"bytes=9-", 10), Wanted::Part(9..10));
}

#[test]
fn a_range_without_a_beginning_counts_from_the_end() {
    assert_eq!(wanted(b"bytes=-1", 10), Wanted::Part(9..10));
    assert_eq!(wanted(b"bytes=-10", 10), Wanted::Part(0..10));
}

#[test]
fn a_range_that_goes_on_behind_the_end_stops_there() {
    assert_eq!(wanted(b"bytes=5-10", 10), Wanted::Part(5..10));
    assert_eq!(wanted(b"bytes=-11", 10), Wanted::Part(0..10));
}

#[test]
fn a_range_of_bytes_that_are_not_there_is_refused() {
    for value in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=-00"] {
        assert_eq!(wanted(value.as_bytes(), 10), Wanted::Nothing, "{value}");
    }
}

#[test]
fn an_empty_file_has_no_first_byte_and_all_of_its_last_five() {
    assert_eq!(wanted(b"bytes=0-", 0), Wanted::Nothing);
    assert_eq!(wanted(b"bytes=0-0", 0), Wanted::Nothing);
    assert_eq!(wanted(b"bytes=-5", 0), Wanted::Whole);
    assert_eq!(wanted(b"bytes=-0", 0), Wanted::Nothing);
}

#[test]
fn a_number_of_more_than_64_bits_is_behind_every_end() {
    let wanted = |value: String| wanted(value.as_bytes(), 10);
    assert_eq!(wanted(format!("bytes=3-{}", u64::MAX)), Wanted::Part(3..10));
    // Were the carry lost, in the last addition or multiplication, these would be 1 and 4.
    for beyond in [1, 4] {
        let huge = (1_u128 << 64) + beyond;
        assert_eq!(wanted(format!("bytes={huge}-")), Wanted::Nothing);
        assert_eq!(wanted(format!("bytes=3-{huge}")), Wanted::Part(3..10));
        assert_eq!(wanted(format!("bytes=-{huge}")), Wanted::Part(0..10));
    }
}

#[test]
fn a_range_that_ends_before_it_begins_counts_for_nothing() {
    assert_eq!(wanted(b"bytes=5-3", 10), Wanted::Whole);
    assert_eq!(wanted(b"bytes=50-30", 10), Wanted::Whole);
}

#[test]
fn several_ranges_get_the_whole_file() {
    assert_eq!(wanted(b"bytes=0-0,2-2", 10), Wanted::Whole);
    assert_eq!(wanted(b"bytes=0-0, -1", 10), Wanted::Whole);
}

#[test]
fn empty_elements_of_the_list_count_for_nothing() {
    assert_eq!(wanted(b"bytes=, 1-2 ,", 10), Wanted::Part(1..3));
    assert_eq!(wanted(b"bytes=,", 10), Wanted::Whole);
}

#[test]
fn the_unit_is_bytes_in_any_case() {
    assert_eq!(wanted(b"BYTES=1-2", 10), Wanted::Part(1..3));
    for value in [
        "lines=1-2",
        "byte=1-2",
        "bytes 1-2",
        "bytes= ",
        "bytes",
        "1-2",
        "",
    ] {
        assert_eq!(wanted(value.as_bytes(), 10), Wanted::Whole, "{value}");
    }
}

#[test]
fn what_is_not_a_range_counts_for_nothing() {
    for value in [
        "-", "5", "+1-2", "1-+2", "1--2", "--1", "0x1-2", "1 - 2", "1-2-3", "a-", "-b",
    ] {
        let value = format!("bytes={value}");
        assert_eq!(wanted(value.as_bytes(), 10), Wanted::Whole, "{value}");
    }
}

proptest! {
    #[test]
    fn a_part_is_never_empty_and_never_outside(value in "bytes=[0-9, -]{0,24}", length: u64) {
        if let Wanted::Part(part) = wanted(value.as_bytes(), length) {
            prop_assert!(part.start < part.end && part.end <= length, "{part:?}");
        }
    }

    #[test]
    fn any_bytes_can_be_read(value: Vec<u8>, length: u64) {
        wanted(&value, length);
    }
}
