//! What those have tried who want a proxy and a server to see two different requests.

use super::{Error, Framing, Status, check, error, field_error, framing};
use crate::Limits;

#[test]
fn both_lengths_are_refused_in_either_order() {
    let length = "Content-Length: 6";
    let chunked = "Transfer-Encoding: chunked";
    assert_eq!(
        field_error(&format!("{length}\r\n{chunked}")),
        Error::LengthAndCoding
    );
    assert_eq!(
        field_error(&format!("{chunked}\r\n{length}")),
        Error::LengthAndCoding
    );
}

#[test]
fn two_lengths_are_refused_even_if_they_are_the_same() {
    for second in ["6", "5"] {
        let fields = format!("Content-Length: 5\r\nX: y\r\ncontent-length: {second}");
        assert_eq!(field_error(&fields), Error::SeveralLengths);
    }
}

#[test]
fn a_length_is_decimal_digits_and_nothing_else() {
    for value in [
        "", "5, 5", "5,5", "5,6", "+5", "-5", "-0", "0x5", "5.0", "5e0", "5 5", "5;", "\"5\"",
        "five", "\u{0665}", "5\u{a0}", "1_000", "5\t5", ",5", "5,",
    ] {
        let error = field_error(&format!("Content-Length: {value}"));
        assert_eq!(error, Error::Length, "{value:?}");
    }
}

#[test]
fn a_length_may_have_zeros_before_it_and_space_around_it() {
    assert_eq!(framing("Content-Length: \t005 "), Framing::Length(5));
    assert_eq!(framing("Content-Length:0"), Framing::Length(0));
}

#[test]
fn a_length_beyond_64_bits_is_too_large_rather_than_another_one() {
    assert_eq!(
        framing("Content-Length: 18446744073709551615"),
        Framing::Length(u64::MAX)
    );
    for value in [
        "18446744073709551616",
        "18446744073709551621",
        "99999999999999999999999999",
    ] {
        let error = field_error(&format!("Content-Length: {value}"));
        assert_eq!(error, Error::BodyTooLarge, "{value}");
    }
    assert_eq!(Error::BodyTooLarge.status(), Status::CONTENT_TOO_LARGE);
}

#[test]
fn chunked_is_read_in_whatever_case() {
    assert_eq!(framing("Transfer-Encoding: Chunked"), Framing::Chunked);
    assert_eq!(framing("TRANSFER-ENCODING:chunked\t"), Framing::Chunked);
}

#[test]
fn a_coding_that_leaves_the_length_open_is_400() {
    for value in [
        "",
        "gzip",
        "identity",
        "chunked, gzip",
        "chunked, identity",
        "chunked, chunked",
        "xchunked",
        "chunkedx",
        "chunked;a=b",
        "\"chunked\"",
        "'chunked'",
        "chunked,",
        ",chunked",
        ", chunked",
        "chunked chunked",
        "chun ked",
        "gzip;q=1, chunked",
        "gzip,, chunked",
        "chunked\u{a0}",
        "chunked\u{85}",
    ] {
        let error = field_error(&format!("Transfer-Encoding: {value}"));
        assert_eq!(error, Error::Coding, "{value:?}");
    }
    assert_eq!(Error::Coding.status(), Status::BAD_REQUEST);
}

#[test]
fn an_unknown_coding_under_chunked_is_501() {
    for value in [
        "gzip, chunked",
        "x,CHUNKED",
        "identity , chunked",
        "gzip, x\t,\tchunked",
    ] {
        let error = field_error(&format!("Transfer-Encoding: {value}"));
        assert_eq!(error, Error::CodingUnknown, "{value:?}");
    }
    assert_eq!(Error::CodingUnknown.status(), Status::NOT_IMPLEMENTED);
}

#[test]
fn codings_on_several_lines_are_one_list() {
    let codings = |lines: &[&str]| {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| format!("Transfer-Encoding: {line}"))
            .collect();
        field_error(&lines.join("\r\nX: y\r\n"))
    };
    assert_eq!(codings(&["gzip", "chunked"]), Error::CodingUnknown);
    assert_eq!(codings(&["gzip", "x", "Chunked"]), Error::CodingUnknown);
    assert_eq!(codings(&["gzip", "x, chunked"]), Error::CodingUnknown);
    assert_eq!(codings(&["gzip", "x"]), Error::Coding);
    assert_eq!(codings(&["gzip, chunked", "x"]), Error::Coding);
    assert_eq!(codings(&["gzip, chunked", "chunked"]), Error::Coding);
    assert_eq!(codings(&["", "chunked"]), Error::Coding);
    assert_eq!(codings(&["chunked", ""]), Error::Coding);
    assert_eq!(codings(&["gzip", "chunked;a=b"]), Error::Coding);
}

#[test]
fn a_length_beside_an_unknown_coding_is_refused_in_either_order() {
    for coding in ["gzip", "gzip, chunked"] {
        let (length, coding) = ("Content-Length: 6", format!("Transfer-Encoding: {coding}"));
        for fields in [
            format!("{length}\r\n{coding}"),
            format!("{coding}\r\n{length}"),
        ] {
            assert_eq!(field_error(&fields), Error::LengthAndCoding, "{fields:?}");
        }
    }
}

#[test]
fn two_codings_are_refused() {
    let chunked = "Transfer-Encoding: chunked";
    assert_eq!(
        field_error(&format!("{chunked}\r\n{chunked}")),
        Error::Coding
    );
    assert_eq!(
        field_error(&format!("{chunked}\r\nTransfer-Encoding: x")),
        Error::Coding
    );
}

#[test]
fn http_1_0_knows_no_transfer_coding() {
    let text = "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(error(text), Error::CodingInHttp10);
    let text = "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n";
    assert_eq!(error(text), Error::CodingInHttp10);
}

#[test]
fn a_coding_is_hidden_by_nothing() {
    for (fields, expected) in [
        ("Transfer-Encoding : chunked", Error::SpaceBeforeColon),
        (" Transfer-Encoding: chunked", Error::Folded),
        ("X: y\r\n\tTransfer-Encoding: chunked", Error::Folded),
        ("X: y\nTransfer-Encoding: chunked", Error::BareLf),
        ("X: y\rTransfer-Encoding: chunked", Error::BareCr),
        ("X: y\r\rTransfer-Encoding: chunked", Error::BareCr),
        ("X: y\0Transfer-Encoding: chunked", Error::Control),
        ("Transfer-Encoding:\x0bchunked", Error::Control),
        ("Transfer-Encoding: chunked\x0c", Error::Control),
        ("Transfer-Encoding\0: chunked", Error::Control),
        ("Transfer-Encoding: \r\n chunked", Error::Coding),
        (":Transfer-Encoding: chunked", Error::FieldName),
        ("Transfer\u{2010}Encoding: chunked", Error::FieldName),
        ("\u{feff}Transfer-Encoding: chunked", Error::FieldName),
    ] {
        assert_eq!(field_error(fields), expected, "{fields:?}");
    }
}

#[test]
fn a_line_feed_ends_no_head() {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX: y\n\nGET /admin HTTP/1.1\r\n\r\n";
    assert_eq!(error(text), Error::BareLf);
    assert_eq!(error("GET / HTTP/1.1\nHost: a\n\n"), Error::BareLf);
}

#[test]
fn a_get_may_have_a_body_and_it_is_counted() {
    let text = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n";
    let (framing, used) = check(text, &Limits::default(), |head| head.framing()).expect("valid");
    assert_eq!((framing, used), (Framing::Length(31), text.len()));
}

#[test]
fn connect_and_trace_have_no_body() {
    for body in ["Content-Length: 1", "Transfer-Encoding: chunked"] {
        let trace = format!("TRACE / HTTP/1.1\r\nHost: a\r\n{body}\r\n\r\n");
        assert_eq!(error(trace), Error::BodyNotAllowed);
        let connect = format!("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n{body}\r\n\r\n");
        assert_eq!(error(connect), Error::BodyNotAllowed);
    }
}

#[test]
fn an_old_client_has_to_say_how_long_its_body_is() {
    for method in ["POST", "PUT"] {
        assert_eq!(
            error(format!("{method} / HTTP/1.0\r\n\r\n")),
            Error::LengthRequired
        );
    }
    assert_eq!(Error::LengthRequired.status(), Status::LENGTH_REQUIRED);
}

#[test]
fn without_either_length_there_is_no_body() {
    assert_eq!(framing("X: y"), Framing::None);
}
