use super::*;

const TOO_LONG: Option<&[u8]> = Some(b"line too long\n");

#[test]
fn complete_lines_go_back_and_the_rest_waits() {
    assert_eq!(split(b"one\ntwo\nthr", 0), (8, None));
    assert_eq!(split(b"", 0), (0, None));
}

#[test]
fn quit_ends_with_or_without_carriage_return() {
    assert_eq!(split(b"one\nquit\nmore\n", 0), (4, Some(&b"goodbye\n"[..])));
    assert_eq!(split(b"quit\r\n", 0), (0, Some(&b"goodbye\n"[..])));
    assert_eq!(split(b"quit", 0), (0, None), "it is not finished");
    assert_eq!(split(b"quit now\nno quit\n", 0), (17, None));
}

#[test]
fn a_line_may_be_max_line_long_and_no_longer() {
    let mut line = vec![b'x'; MAX_LINE];
    assert_eq!(split(&line, 0), (0, None));
    line.push(b'\n');
    assert_eq!(split(&line, 0), (MAX_LINE + 1, None));
    line.insert(0, b'x');
    assert_eq!(split(&line, 0), (0, TOO_LONG), "with its end");
    line.pop();
    assert_eq!(split(&line, 0), (0, TOO_LONG), "without");
    assert_eq!(split(&[b"one\n", &line[..]].concat(), 0), (4, TOO_LONG));
}

#[test]
fn what_was_searched_is_not_searched_again() {
    assert_eq!(split(b"half a line", 11), (0, None));
    assert_eq!(split(b"half a line\n", 11), (12, None));
    assert_eq!(
        split(b"not\nagain", 4),
        (0, None),
        "its first LF is not looked at"
    );
}
