//! Readers of requests, each with its own idea of where one ends.

use crate::subject::{self, GET_WITH_A_BODY, LENGTH_AND_CODING, LONE_LF, PIPELINED, TWO_LENGTHS};

const BOOK: &str = "06-safety.html#what-can-be-read-in-two-ways";

/// What a reader does in its own way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It takes the last length, knows no coding, and lines that end in CR LF.
    Plain,
    FirstLength,
    CodingFirst,
    GetHasNoBody,
    LfEndsALine,
    Refuses,
}

#[test]
fn two_requests_are_predicted() {
    judge(
        "EXAMPLE",
        subject::EXAMPLE,
        &read(PIPELINED, Rule::Plain),
        "Two heads without bodies: two requests.",
    );
}

#[test]
fn the_first_length_is_predicted() {
    judge(
        "FIRST_LENGTH",
        subject::FIRST_LENGTH,
        &read(TWO_LENGTHS, Rule::FirstLength),
        "The body is 5 bytes, \"hello\". So the next request begins with GET /admin.",
    );
}

#[test]
fn the_last_length_is_predicted() {
    judge(
        "LAST_LENGTH",
        subject::LAST_LENGTH,
        &read(TWO_LENGTHS, Rule::Plain),
        "The body is 37 bytes, and that is all there is. If the proxy reads like this, it passes on one \
         harmless POST; and to a server that takes the first length, that is a GET /admin as well.",
    );
}

#[test]
fn length_without_coding_is_predicted() {
    judge(
        "WITHOUT_CODING",
        subject::WITHOUT_CODING,
        &read(LENGTH_AND_CODING, Rule::Plain),
        "To a reader that doesn't know Transfer-Encoding, this is a body of 37 bytes that happens to begin \
         with a 0.",
    );
}

#[test]
fn coding_before_length_is_predicted() {
    judge(
        "CODING_FIRST",
        subject::CODING_FIRST,
        &read(LENGTH_AND_CODING, Rule::CodingFirst),
        "The first chunk has size 0, so it is the last one: the body is empty, and ends with the empty line \
         behind it.",
    );
}

#[test]
fn a_get_without_a_body_is_predicted() {
    judge(
        "GET_HAS_NO_BODY",
        subject::GET_HAS_NO_BODY,
        &read(GET_WITH_A_BODY, Rule::GetHasNoBody),
        "Without a body, the request ends with its empty line. What the client sent as a body is the next one.",
    );
}

#[test]
fn a_get_with_a_body_is_predicted() {
    judge(
        "GET_HAS_A_BODY",
        subject::GET_HAS_A_BODY,
        &read(GET_WITH_A_BODY, Rule::Plain),
        "There is a length, so there is a body. That means nothing to a GET, but it has to be read.",
    );
}

#[test]
fn a_lf_that_ends_a_line_is_predicted() {
    judge(
        "LF_ENDS_A_LINE",
        subject::LF_ENDS_A_LINE,
        &read(LONE_LF, Rule::LfEndsALine),
        "For this reader, Content-Length is a line of its own, and the 32 bytes are a body.",
    );
}

#[test]
fn a_lf_in_a_line_is_predicted() {
    judge(
        "LF_IS_A_BYTE",
        subject::LF_IS_A_BYTE,
        &read(LONE_LF, Rule::Plain),
        "For this reader, X has the value \"y\\nContent-Length: 32\". It sees no length, and so no body.",
    );
}

#[test]
fn a_read_for_a_request_is_predicted() {
    judge(
        "A_READ_IS_A_REQUEST",
        subject::A_READ_IS_A_REQUEST,
        &[format!(
            "a read of {} bytes: \"{}\"",
            PIPELINED.len(),
            PIPELINED.escape_debug()
        )],
        "As many as there were reads. The second request is never answered; and had TCP cut the first one \
         in two, that would have got two answers.",
    );
}

#[test]
fn a_reader_that_refuses_is_predicted() {
    judge(
        "REFUSES",
        subject::REFUSES,
        &read(TWO_LENGTHS, Rule::Refuses),
        "It can't be known where this request ends, so it is none, and neither is what lies behind it.",
    );
}

/// The requests that a reader with this rule finds, in words.
fn read(mut stream: &str, rule: Rule) -> Vec<String> {
    let mut found = Vec::new();
    while let Some((head, rest)) = take_head(stream, rule) {
        let values = |name: &str| -> Vec<&str> {
            let fields = head.iter().filter_map(|line| line.split_once(": "));
            fields
                .filter(|(field, _)| *field == name)
                .map(|(_, value)| value)
                .collect()
        };
        let lengths = values("Content-Length");
        let is_chunked = values("Transfer-Encoding") == ["chunked"];
        let length = match rule {
            Rule::Refuses if lengths.len() > 1 => return found,
            Rule::GetHasNoBody if head[0].starts_with("GET ") => 0,
            Rule::CodingFirst if is_chunked => chunks(rest),
            Rule::FirstLength => number(lengths.first()),
            _ => number(lengths.last()),
        };
        let Some((body, behind)) = rest.split_at_checked(length) else {
            break;
        };
        let name = head[0].trim_end_matches(" HTTP/1.1");
        found.push(if body.is_empty() {
            format!("{name}, without a body")
        } else {
            format!("{name}, and {length} bytes: \"{}\"", body.escape_debug())
        });
        stream = behind;
    }
    found
}

/// The lines of the head at the front of `stream`, and what is behind its empty line.
fn take_head(mut stream: &str, rule: Rule) -> Option<(Vec<&str>, &str)> {
    let mut head = Vec::new();
    loop {
        let (line, rest) = match rule {
            Rule::LfEndsALine => stream.split_once('\n')?,
            _ => stream.split_once("\r\n")?,
        };
        stream = rest;
        match line.trim_end_matches('\r') {
            "" if head.is_empty() => return None,
            "" => return Some((head, stream)),
            line => head.push(line),
        }
    }
}

/// How many bytes the chunks at the front of `body` take, if there is nothing in them.
fn chunks(body: &str) -> usize {
    let empty = "0\r\n\r\n";
    if body.starts_with(empty) {
        empty.len()
    } else {
        body.len()
    }
}

/// The value of a field, if it is there.
fn number(value: Option<&&str>) -> usize {
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// Fails unless as many were `found` as `predicted`.
#[track_caller]
fn judge(name: &str, predicted: Option<u32>, found: &[String], means: &str) {
    let Some(predicted) = predicted else {
        panic!(
            "predicted nothing yet\n\
             it means  Put your number in: {name} = Some(…). Then a reader like this one tells.\n\
             read      book: {BOOK}"
        );
    };
    let list = match found {
        [] => "none".to_owned(),
        _ => found.join("\n  "),
    };
    assert!(
        usize::try_from(predicted) == Ok(found.len()),
        "predicted {predicted} for {name}\n\
         found     {}\n\
         \x20 {list}\n\
         it means  {means}\n\
         read      book: {BOOK}",
        found.len()
    );
}
