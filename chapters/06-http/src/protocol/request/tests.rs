use super::{Event, Request, RequestParser};
use crate::{Error, Limits, Method};

/// What a connection brought, data merged, and what ended it.
fn read(input: &[u8], ends: &[usize]) -> (Vec<String>, Result<(), Error>, usize) {
    let limits = Limits::default();
    let mut requests = RequestParser::default();
    let mut seen = Vec::<String>::new();
    let mut at = 0;
    for &end in ends {
        loop {
            let (event, used) = match requests.next(&input[at..end], &limits) {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(error) => return (seen, Err(error), at),
            };
            at += used;
            match (event, seen.last_mut()) {
                (Event::Head(head), _) => {
                    seen.push(format!(
                        "{} {}",
                        head.method,
                        head.target.path().escape_ascii()
                    ));
                }
                (Event::Data(data), Some(last)) if last.starts_with('=') => {
                    *last += &data.escape_ascii().to_string();
                }
                (Event::Data(data), _) => seen.push(format!("={}", data.escape_ascii())),
                (Event::End, _) => seen.push("end".to_string()),
            }
        }
    }
    (seen, Ok(()), at)
}

/// The same, whole, byte by byte, and cut at every position.
fn check(input: &str) -> (Vec<String>, Result<(), Error>, usize) {
    let input = input.as_bytes();
    let whole = read(input, &[input.len()]);
    let bytes: Vec<_> = (0..=input.len()).collect();
    assert_eq!(read(input, &bytes), whole, "byte by byte");
    for cut in 0..input.len() {
        assert_eq!(read(input, &[cut, input.len()]), whole, "cut at {cut}");
    }
    whole
}

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &str = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz";
const CHUNKED: &str = "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                       2\r\nab\r\n1\r\nc\r\n0\r\nX: y\r\n\r\n";

#[test]
fn requests_follow_one_another() {
    let input = [GET, POST, "\r\n", CHUNKED, GET].concat();
    let (seen, result, used) = check(&input);
    let expected = [
        "GET /a", "POST /b", "=xyz", "end", "PUT /c", "=abc", "end", "GET /a",
    ];
    assert_eq!(seen, expected);
    assert_eq!((result, used), (Ok(()), input.len()));
}

#[test]
fn a_request_without_a_body_is_complete_with_its_head() {
    let input = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(check(input).0, ["POST /"]);
}

#[test]
fn what_follows_a_body_is_the_next_request_and_not_a_part_of_it() {
    let smuggled = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    let input = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{smuggled}{GET}",
        smuggled.len()
    );
    let data = smuggled.escape_default().to_string();
    assert_eq!(
        check(&input).0,
        ["POST /", &format!("={data}"), "end", "GET /a"]
    );
}

#[test]
fn a_request_before_a_broken_one_is_read() {
    let (seen, result, used) = check(&[GET, "G(T / HTTP/1.1\r\n", GET].concat());
    assert_eq!(
        (seen.len(), result, used),
        (1, Err(Error::Method), GET.len())
    );
}

#[test]
fn nothing_is_read_behind_an_error() {
    let limits = Limits::default();
    for bad in [
        "GET /\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n",
    ] {
        let mut requests = RequestParser::default();
        let error = requests
            .next(bad.as_bytes(), &limits)
            .expect_err("it is broken");
        assert_eq!(requests.next(GET.as_bytes(), &limits), Err(error));
    }
    let mut requests = RequestParser::default();
    let head = CHUNKED.find("\r\n\r\n").expect("it has a head") + 4;
    assert!(requests.next(CHUNKED.as_bytes(), &limits).is_ok());
    assert_eq!(requests.next(b"x\r\n", &limits), Err(Error::ChunkSize));
    assert_eq!(
        requests.next(&CHUNKED.as_bytes()[head..], &limits),
        Err(Error::ChunkSize)
    );
}

#[test]
fn a_body_that_is_too_large_is_refused_with_its_head() {
    let (seen, result, _) = check("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
    assert_eq!((seen, result), (vec![], Err(Error::BodyTooLarge)));
}

#[test]
fn the_parser_knows_that_it_is_in_a_body() {
    let limits = Limits::default();
    let mut requests = RequestParser::default();
    assert!(!requests.is_in_body());
    let head = requests
        .next(POST.as_bytes(), &limits)
        .expect("it is valid");
    assert!(head.is_some() && requests.is_in_body());
    for input in [&b"xyz"[..], b""] {
        assert!(
            requests
                .next(input, &limits)
                .is_ok_and(|event| event.is_some())
        );
    }
    assert!(!requests.is_in_body());
}

#[test]
fn a_request_may_outlive_the_input() {
    let request = {
        let input = format!("\r\n{GET}").into_bytes();
        let mut requests = RequestParser::default();
        match requests.next(&input, &Limits::default()) {
            Ok(Some((Event::Head(head), _))) => Request::from(&head),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(request.head().method, Method::Get);
    assert_eq!(request.head().fields.get("host"), Some(&b"a"[..]));
}
