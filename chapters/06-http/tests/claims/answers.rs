//! What clients make of an answer (claims C051 and C077, bug B56), asked of a parser that many
//! clients use.

use httparse::{EMPTY_HEADER, Error, Response, Status};

fn parse(answer: &str) -> Result<(u16, String), Error> {
    let mut fields = [EMPTY_HEADER; 4];
    let mut response = Response::new(&mut fields);
    let Status::Complete(_) = response.parse(answer.as_bytes())? else {
        panic!("{answer:?} is not complete");
    };
    let reason = response.reason.unwrap_or_default().to_owned();
    Ok((response.code.unwrap(), reason))
}

#[test]
fn c051_the_words_behind_the_code_may_be_missing() {
    assert_eq!(parse("HTTP/1.1 404 \r\n\r\n"), Ok((404, String::new())));
    let word = Ok((404, "Gone fishing".to_owned()));
    assert_eq!(parse("HTTP/1.1 404 Gone fishing\r\n\r\n"), word);
}

#[test]
fn c077_a_version_in_small_letters_is_none() {
    assert_eq!(parse("http/1.1 200 OK\r\n\r\n"), Err(Error::Version));
    assert!(parse("HTTP/1.1 200 OK\r\n\r\n").is_ok());
}
