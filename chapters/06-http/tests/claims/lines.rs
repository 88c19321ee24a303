//! Where a line ends, and where a head does (claims C041 to C043, C049, C060 to C062).

use ch06_http::{Error, Event, HeadParser, Limits, LineReader, RequestParser};

/// What comes of a head that is all there is.
fn head(text: &str) -> Result<bool, Error> {
    let parsed = HeadParser::default().parse(text.as_bytes(), &Limits::default());
    parsed.map(|head| head.is_some())
}

/// The next line in the first `end` bytes.
fn line<'a>(lines: &mut LineReader, text: &'a str, end: usize) -> Result<Option<&'a str>, Error> {
    let line = lines.next(&text.as_bytes()[..end], 100, Error::HeadTooLong)?;
    Ok(line.map(|line| str::from_utf8(line).unwrap()))
}

#[test]
fn c041_a_version_without_its_slash_is_refused() {
    assert_eq!(
        head("POST / HTTP1.1\r\nHost: a\r\n\r\n"),
        Err(Error::Version)
    );
    assert_eq!(head("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(true));
}

#[test]
fn c042_a_field_can_not_go_on_in_the_next_line() {
    let request = |rest: &str| {
        head(&format!(
            "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0\r\n{rest}AppleWebKit/537.36\r\n\r\n"
        ))
    };
    assert_eq!(request(""), Err(Error::NoColon));
    assert_eq!(request(" "), Err(Error::Folded));
}

#[test]
fn c043_no_space_is_needed_behind_the_colon() {
    let text = b"GET / HTTP/1.1\r\nHost:img.example\r\n\r\n";
    let parsed = HeadParser::default().parse(text, &Limits::default());
    let (head, _) = parsed.unwrap().unwrap();
    assert_eq!(head.fields.get("host"), Some(&b"img.example"[..]));
}

#[test]
fn c049_without_its_empty_line_no_head_is_complete() {
    assert_eq!(head("GET / HTTP/1.1\r\nHost: a\r\n"), Ok(false));
    assert_eq!(head("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(true));
}

/// Cut at each CR LF, this request would have six lines and two empty ones.
#[test]
fn c060_a_body_may_hold_what_ends_a_line_or_a_head() {
    let text = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\none\r\n\r\ntwo";
    let mut requests = RequestParser::default();
    let limits = Limits::default();
    let (event, used) = requests.next(text, &limits).unwrap().unwrap();
    assert!(matches!(event, Event::Head(_)));
    let (event, used) = {
        let (event, more) = requests.next(&text[used..], &limits).unwrap().unwrap();
        (event, used + more)
    };
    assert_eq!(event, Event::Data(b"one\r\n\r\ntwo"));
    assert_eq!(used, text.len());
}

/// Taken by its words, the claim has the first letter of each request end the search.
#[test]
fn c061_a_letter_ends_no_search_and_the_last_byte_does() {
    let text = "GET / HTTP/1.1\r\n";
    let mut lines = LineReader::default();
    for end in 0..text.len() {
        assert_eq!(line(&mut lines, text, end), Ok(None), "the first {end}");
    }
    assert_eq!(
        line(&mut lines, text, text.len()),
        Ok(Some("GET / HTTP/1.1"))
    );
    let whole = line(&mut LineReader::default(), text, text.len());
    assert_eq!(whole, Ok(Some("GET / HTTP/1.1")));
}

#[test]
fn c062_a_cr_is_followed_by_lf_or_the_line_is_bad() {
    let first = |text| line(&mut LineReader::default(), text, text.len());
    assert_eq!(first("GET\r"), Ok(None), "its LF may be on the way");
    assert_eq!(first("GET\r\n"), Ok(Some("GET")));
    assert_eq!(first("GET\rx"), Err(Error::BareCr));
    assert_eq!(first("GET\r\r"), Err(Error::BareCr));
}
