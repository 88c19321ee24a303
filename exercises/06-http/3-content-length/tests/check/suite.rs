//! Requests alone, behind one another, in pieces; and lengths that are none.

use crate::subject::{MAX_BODY, Refused, Requests};

const BOOK: &str = "06-safety.html#what-can-be-read-in-two-ways";

/// A request with a body, and one behind it.
const TWO: &str = "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\n\r\n";

/// What came out, in words.
type Outcome = Vec<String>;

#[test]
fn a_request_without_a_body_is_read() {
    check(
        &["GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
        &["GET / HTTP/1.1, body \"\"", "None"],
        "Without Content-Length there is no body: the request is complete with the empty line.",
    );
}

#[test]
fn a_body_may_come_in_pieces() {
    check(
        &[
            "POST / HTTP/1.1\r\nContent-Len",
            "gth: 5\r\n\r\nhe",
            "ll",
            "o",
        ],
        &["POST / HTTP/1.1, body \"hello\"", "None"],
        "The request is complete with the last byte of its body: not before that, and not only when more \
         comes.",
    );
}

#[test]
fn zeros_before_a_length_change_nothing() {
    check(
        &["POST / HTTP/1.1\r\ncontent-length:\t0000000000000000000000005 \r\n\r\nhello"],
        &["POST / HTTP/1.1, body \"hello\"", "None"],
        "1*DIGIT is what RFC 9110 §8.6 asks for. Zeros are digits; blanks around the value are no part of it.",
    );
}

#[test]
fn a_body_ends_where_its_length_says() {
    check(
        &["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET /b"],
        &["POST /a HTTP/1.1, body \"hello\"", "None"],
        "Five bytes are the body. What lies behind them came with the same read, and belongs to somebody else: \
         the next request.",
    );
}

#[test]
fn a_body_is_bytes() {
    let body: Vec<u8> = harness::call(|| {
        let mut requests = Requests::default();
        requests.receive(b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n\xff\0\r\n\xc3\xfe");
        let request = requests.request().ok().flatten();
        request.map_or(Vec::new(), |request| request.body)
    });
    if let Some(lines) = harness::diff(b"\xff\0\r\n\xc3\xfe", &body) {
        panic!(
            "the body\n{}\nit means  A body is bytes, as many as its length says. It need be no text, and \
             nothing in it means anything here.\nread      book: {BOOK}",
            lines.join("\n")
        );
    }
}

#[test]
fn the_next_request_begins_behind_the_body() {
    let three = [TWO, "DELETE /c HTTP/1.1\r\n\r\n"].concat();
    check(
        &[&three],
        &[
            "POST /a HTTP/1.1, body \"hello\"",
            "GET /b HTTP/1.1, body \"\"",
            "DELETE /c HTTP/1.1, body \"\"",
            "None",
        ],
        "Three requests came at once, and there is no event for what has been read already: who throws \
         it away has the client wait for ever.",
    );
}

#[test]
fn two_requests_may_be_cut_anywhere() {
    let outcomes: Vec<Outcome> = harness::call(|| {
        let cuts = 0..=TWO.len();
        cuts.map(|at| read(&[&TWO[..at], &TWO[at..]])).collect()
    });
    for (at, outcome) in outcomes.iter().enumerate() {
        judge(
            &[&TWO[..at], &TWO[at..]],
            outcome,
            &[
                "POST /a HTTP/1.1, body \"hello\"",
                "GET /b HTTP/1.1, body \"\"",
                "None",
            ],
            "Where the bytes are cut says nothing about where a request ends. That says the length alone.",
        );
    }
}

#[test]
fn two_lengths_are_refused() {
    for [one, two] in [["5", "30"], ["30", "5"], ["5", "5"], ["0", "5"]] {
        let head =
            format!("POST / HTTP/1.1\r\nContent-Length: {one}\r\nContent-length: {two}\r\n\r\n");
        check(
            &[&[&head, "helloGET /smuggled HTTP/1.1\r\n\r\n"].concat()],
            &["Err(Length)"],
            "One of the two is for the proxy, the other for you. Whichever you take, you can't know which one \
             it has taken.",
        );
    }
}

#[test]
fn a_length_is_made_of_digits() {
    for value in [
        "+5", "-5", "", "five", "5x", "0x5", "5.0", "5 5", "5, 5", "5,", "1_0", "5\u{a0}",
        "\u{665}",
    ] {
        check(
            &[&format!(
                "POST / HTTP/1.1\r\nContent-Length: {value}\r\n\r\nhello"
            )],
            &["Err(Length)"],
            "This is no number made of digits. Each helpful function makes another one of it, or none: \
             refuse it.",
        );
    }
}

#[test]
fn a_length_beyond_all_numbers_is_refused() {
    for value in [
        "18446744073709551621",
        "340282366920938463463374607431768211461",
    ] {
        check(
            &[&format!(
                "POST / HTTP/1.1\r\nContent-Length: {value}\r\n\r\nhello"
            )],
            &["Err(TooLarge)"],
            "This is 5 more than 64 bits can hold, or 128. Where it wraps around, it is 5; where the error is \
             overlooked, it is 0.",
        );
    }
}

#[test]
fn a_body_above_the_limit_is_not_waited_for() {
    let [fine, too_large] = [MAX_BODY, MAX_BODY + 1]
        .map(|length| format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"));
    check(
        &[&fine],
        &["None"],
        "MAX_BODY bytes are allowed, and they may still come.",
    );
    check(
        &[&too_large],
        &["Err(TooLarge)"],
        "The head says already that the body is too long. Who waits for it gives the client as much memory as \
         it asks for.",
    );
}

#[test]
fn a_coding_is_refused() {
    check(
        &["POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
        &["Err(Coding)"],
        "This body has another kind of end, and this reader doesn't know it.",
    );
}

/// Has the answer read `pieces`, in a child process.
#[track_caller]
fn check(pieces: &[&str], expected: &[&str], means: &str) {
    let outcome: Outcome = harness::call(|| read(pieces));
    judge(pieces, &outcome, expected, means);
}

/// Receives one piece after another, and asks after each for all the requests there are.
fn read(pieces: &[&str]) -> Outcome {
    let mut requests = Requests::default();
    let mut outcome = Outcome::new();
    for piece in pieces {
        requests.receive(piece.as_bytes());
        loop {
            match requests.request() {
                Ok(Some(request)) => {
                    let body = request.body.escape_ascii();
                    outcome.push(format!("{}, body \"{body}\"", request.line));
                }
                Ok(None) => break,
                Err(refused) => {
                    let refused = match refused {
                        Refused::Length => "Err(Length)",
                        Refused::TooLarge => "Err(TooLarge)",
                        Refused::Coding => "Err(Coding)",
                        Refused::Field => "Err(Field)",
                    };
                    outcome.push(refused.to_owned());
                    return outcome;
                }
            }
            assert!(
                outcome.len() < 10,
                "more requests than have been sent: {outcome:#?}"
            );
        }
    }
    outcome.push("None".to_owned());
    outcome
}

#[track_caller]
fn judge(pieces: &[&str], outcome: &Outcome, expected: &[&str], means: &str) {
    if outcome != expected {
        let shown: Vec<_> = pieces
            .iter()
            .map(|piece| format!("\"{}\"", piece.escape_debug()))
            .collect();
        panic!(
            "the input {}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
            shown.join("\n     and  "),
            expected.join("\n    then  "),
            outcome.join("\n    then  ")
        );
    }
}
