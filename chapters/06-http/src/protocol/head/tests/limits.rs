use super::{Error, HeadParser, Limits, Status, check};

/// What becomes of `text` under these limits.
fn read(text: &str, limits: &Limits) -> Result<(), Error> {
    check(text.as_bytes(), limits, |_| ()).map(|_| ())
}

#[test]
fn a_request_line_above_the_limit_is_414() {
    let limits = Limits {
        request_line: 20,
        ..Limits::default()
    };
    let line = |path: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(path));
    assert_eq!(read(&line(20 - 14), &limits), Ok(()));
    assert_eq!(read(&line(21 - 14), &limits), Err(Error::TargetTooLong));
    assert_eq!(Error::TargetTooLong.status(), Status::URI_TOO_LONG);
}

#[test]
fn a_method_longer_than_any_is_501() {
    let limits = Limits {
        request_line: 50,
        ..Limits::default()
    };
    for length in [33, 41, 42, 50, 51, 90] {
        let text = format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", "A".repeat(length));
        assert_eq!(read(&text, &limits), Err(Error::MethodTooLong), "{length}");
    }
    let target = "a".repeat(90);
    for method in ["GET", "G@T", "", &"A".repeat(32)] {
        let text = format!("{method} /{target} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(read(&text, &limits), Err(Error::TargetTooLong), "{method}");
    }
    assert_eq!(Error::MethodTooLong.status(), Status::NOT_IMPLEMENTED);
}

#[test]
fn a_method_longer_than_a_line_may_be_is_501_too() {
    let text = format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", "A".repeat(9_000));
    let mut parser = HeadParser::default();
    let outcome = parser.parse(text.as_bytes(), &Limits::default());
    assert_eq!(outcome, Err(Error::MethodTooLong));
}

#[test]
fn a_field_line_above_the_limit_is_431() {
    let limits = Limits {
        field_line: 20,
        ..Limits::default()
    };
    let text = |value: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
            "a".repeat(value)
        )
    };
    assert_eq!(read(&text(17), &limits), Ok(()));
    assert_eq!(read(&text(18), &limits), Err(Error::FieldTooLong));
    assert_eq!(
        Error::FieldTooLong.status(),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
}

#[test]
fn more_fields_than_the_limit_are_431() {
    let limits = Limits {
        fields: 5,
        ..Limits::default()
    };
    let text = |others: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
            "X: y\r\n".repeat(others)
        )
    };
    assert_eq!(read(&text(4), &limits), Ok(()));
    assert_eq!(read(&text(5), &limits), Err(Error::TooManyFields));
    assert_eq!(
        Error::TooManyFields.status(),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
}

#[test]
fn a_head_above_the_limit_is_431() {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX: yyyyyyyy\r\n\r\n";
    let lines = text.len() - 4;
    let limits = |head| Limits {
        head,
        ..Limits::default()
    };
    assert_eq!(read(text, &limits(lines + 2)), Ok(()));
    assert_eq!(read(text, &limits(lines - 1)), Err(Error::HeadTooLong));
    assert_eq!(
        Error::HeadTooLong.status(),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
}

#[test]
fn a_head_that_never_ends_is_refused_at_the_limit() {
    let limits = Limits {
        fields: usize::MAX,
        ..Limits::default()
    };
    let mut text = b"GET / HTTP/1.1\r\nHost: a\r\n".to_vec();
    let mut parser = HeadParser::default();
    loop {
        text.extend_from_slice(b"X: y\r\n");
        match parser.parse(&text, &limits) {
            Ok(None) => assert!(text.len() <= limits.head + 6, "it reads on"),
            other => return assert_eq!(other, Err(Error::HeadTooLong)),
        }
    }
}

#[test]
fn a_connection_keeps_little_while_it_waits() {
    assert!(
        size_of::<HeadParser>() <= 128,
        "{} bytes",
        size_of::<HeadParser>()
    );
}
