use super::*;

/// 1994-11-06, 08:49:37: the example of RFC 9110 §5.6.7.
const EXAMPLE: Seconds = 784_111_777;

fn at(seconds: Seconds) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_date_is_written_in_the_one_format_that_is_allowed() {
    let date = Date::new(at(EXAMPLE));
    assert_eq!(date.text(), b"Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(date.seconds(), EXAMPLE);
}

#[test]
fn the_text_follows_the_clock_forwards_and_backwards() {
    let mut date = Date::new(at(EXAMPLE));
    date.update(at(EXAMPLE + 23));
    assert_eq!(date.text(), b"Sun, 06 Nov 1994 08:50:00 GMT");
    date.update(at(EXAMPLE - 1));
    assert_eq!(date.text(), b"Sun, 06 Nov 1994 08:49:36 GMT");
}

#[test]
fn a_clock_that_is_set_wrong_still_has_a_date() {
    let before = UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(Date::new(before).text(), b"Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(&text(LAST + 1), b"Fri, 31 Dec 9999 23:59:59 GMT");
}

#[test]
fn all_three_formats_are_read() {
    for value in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(parse(value.as_bytes()), Some(EXAMPLE), "{value}");
    }
}

#[test]
fn what_is_no_date_is_nothing() {
    for value in [
        "",
        "now",
        "784111777",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse(value.as_bytes()), None, "{value}");
    }
    assert_eq!(parse(b"Sun, 06 Nov 1994 08:49:37 GM\xd4"), None);
}
