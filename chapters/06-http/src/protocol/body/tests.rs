use super::{Body, Piece};
use crate::{Error, Framing, Limits, Status};

/// What a body says, and how many bytes of the input it takes.
type Outcome = Result<Option<(Vec<u8>, usize)>, Error>;

/// Reads a body while its input grows to each of `ends`.
fn read(framing: Framing, input: &[u8], ends: &[usize], limits: &Limits) -> Outcome {
    let mut body = Body::new(framing, limits)?;
    let mut said = Vec::new();
    let mut at = 0;
    for &end in ends {
        while let Some((piece, used)) = body.next(&input[at..end], limits)? {
            at += used;
            match piece {
                Piece::End => return Ok(Some((said, at))),
                Piece::Data(data) => {
                    assert!(!data.is_empty(), "a piece without data");
                    said.extend_from_slice(data);
                }
            }
        }
    }
    Ok(None)
}

/// The same, compared: whole, byte by byte, in two pieces cut at every position, and followed by
/// the next request.
fn check(framing: Framing, input: &[u8], limits: &Limits) -> Outcome {
    let whole = read(framing, input, &[input.len()], limits);
    let shown = input.escape_ascii();
    let bytes: Vec<_> = (0..=input.len()).collect();
    assert_eq!(
        read(framing, input, &bytes, limits),
        whole,
        "byte by byte: {shown}"
    );
    for cut in 0..input.len() {
        let ends = [cut, input.len()];
        assert_eq!(
            read(framing, input, &ends, limits),
            whole,
            "cut at {cut}: {shown}"
        );
    }
    if !matches!(whole, Ok(None)) {
        let followed = [input, b"GET / HTTP/1.1\r\n"].concat();
        let outcome = read(framing, &followed, &[followed.len()], limits);
        assert_eq!(outcome, whole, "followed by another: {shown}");
    }
    whole
}

fn chunked(input: &str) -> Outcome {
    check(Framing::Chunked, input.as_bytes(), &Limits::default())
}

/// What is wrong with these chunks.
fn error(input: &str) -> Error {
    match chunked(input) {
        Err(error) => error,
        Ok(outcome) => panic!("{input:?} is {outcome:?}"),
    }
}

/// `input` is a whole body that says `data`.
fn says(input: &str, data: &str) {
    assert_eq!(
        chunked(input),
        Ok(Some((data.as_bytes().to_vec(), input.len()))),
        "{input:?}"
    );
}

#[test]
fn a_body_has_the_length_that_was_announced() {
    let limits = Limits::default();
    let outcome = check(Framing::Length(5), b"hello", &limits);
    assert_eq!(outcome, Ok(Some((b"hello".to_vec(), 5))));
    assert_eq!(check(Framing::Length(5), b"hell", &limits), Ok(None));
}

#[test]
fn an_empty_body_is_complete_at_once() {
    for framing in [Framing::None, Framing::Length(0)] {
        assert_eq!(
            check(framing, b"", &Limits::default()),
            Ok(Some((vec![], 0)))
        );
    }
}

#[test]
fn a_length_above_the_limit_is_413() {
    let limits = Limits {
        body: 4,
        ..Limits::default()
    };
    assert!(Body::new(Framing::Length(4), &limits).is_ok());
    assert_eq!(
        Body::new(Framing::Length(5), &limits),
        Err(Error::BodyTooLarge)
    );
    assert_eq!(Error::BodyTooLarge.status(), Status::CONTENT_TOO_LARGE);
}

#[test]
fn chunks_make_a_body() {
    says("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world");
}

#[test]
fn no_chunk_but_the_last_is_an_empty_body() {
    says("0\r\n\r\n", "");
    says("000\r\n\r\n", "");
}

#[test]
fn a_size_is_hexadecimal_in_either_case() {
    says(
        "a\r\n0123456789\r\n00A\r\n0123456789\r\n0\r\n\r\n",
        "01234567890123456789",
    );
}

#[test]
fn data_may_hold_what_looks_like_framing() {
    says("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n");
}

#[test]
fn a_body_without_its_end_is_not_complete() {
    for input in [
        "",
        "5",
        "5\r",
        "5\r\n",
        "5\r\nhell",
        "5\r\nhello",
        "5\r\nhello\r",
        "5\r\nhello\r\n0\r\n",
    ] {
        assert_eq!(chunked(input), Ok(None), "{input:?}");
    }
}

#[test]
fn a_body_that_is_complete_stays_so() {
    let limits = Limits::default();
    let mut body = Body::new(Framing::Chunked, &limits).expect("it may be chunked");
    assert_eq!(
        body.next(b"0\r\n\r\nGET", &limits),
        Ok(Some((Piece::End, 5)))
    );
    assert_eq!(body.next(b"GET", &limits), Ok(Some((Piece::End, 0))));
}

#[test]
fn a_size_is_digits_and_nothing_else() {
    for size in [
        "", " 5", "+5", "-5", "0x5", "5x", "5h", "5,", "5.", "5_0", "\"5\"", "g", "\u{ff15}", "5=",
        "5\u{a0}",
    ] {
        assert_eq!(
            error(&format!("{size}\r\nhello\r\n0\r\n\r\n")),
            Error::ChunkSize,
            "{size:?}"
        );
    }
}

#[test]
fn a_size_beyond_64_bits_is_refused_rather_than_cut_off() {
    for size in [
        "10000000000000005",
        "00000000010000000000000005",
        "fffffffffffffffff",
        "100000000000000000000005",
    ] {
        assert_eq!(
            error(&format!("{size}\r\nhello\r\n0\r\n\r\n")),
            Error::ChunkSize,
            "{size}"
        );
    }
}

/// As reported to reactphp/http#135 and serenity#2312.
#[test]
fn zeros_before_a_size_count_for_nothing() {
    for zeros in [1, 15, 16, 17, 200] {
        let zeros = "0".repeat(zeros);
        let body = format!("{zeros}5\r\nhello\r\n{zeros};x\r\n\r\n");
        let read = chunked(&body).map(|read| read.map(|(data, _)| data));
        assert_eq!(read, Ok(Some(b"hello".to_vec())), "{}", zeros.len());
    }
}

#[test]
fn zeros_beyond_16_digits_count_like_extensions() {
    let limits = Limits {
        chunk_extensions: 40,
        ..Limits::default()
    };
    let chunk = |zeros| format!("{}5\r\nhello\r\n", "0".repeat(zeros));
    for (zeros, read) in [(35, Ok(())), (36, Err(Error::ChunkTooLong))] {
        let body = chunk(35) + &chunk(zeros) + "0\r\n\r\n";
        let outcome = check(Framing::Chunked, body.as_bytes(), &limits);
        assert_eq!(outcome.map(drop), read, "{zeros}");
    }
}

#[test]
fn chunks_above_the_limit_together_are_413() {
    let limits = Limits {
        body: 9,
        ..Limits::default()
    };
    let body = |second| format!("5\r\nhello\r\n{second}\r\n\r\n");
    let read = |second| check(Framing::Chunked, body(second).as_bytes(), &limits);
    assert_eq!(
        read("4\r\nabcd\r\n0"),
        Ok(Some((b"helloabcd".to_vec(), 24)))
    );
    assert_eq!(read("5\r\nabcde\r\n0"), Err(Error::BodyTooLarge));
    assert_eq!(read("ffffffffffffffff"), Err(Error::BodyTooLarge));
}

#[test]
fn a_line_feed_alone_ends_no_size() {
    assert_eq!(error("5\nhello\r\n0\r\n\r\n"), Error::BareLf);
    assert_eq!(error("5;a\nhello\r\n0\r\n\r\n"), Error::BareLf);
    assert_eq!(error("0\n\r\n"), Error::BareLf);
    assert_eq!(error("0\r\n\n"), Error::BareLf);
}

#[test]
fn a_carriage_return_alone_ends_no_size() {
    assert_eq!(error("5\rhello\r\n0\r\n\r\n"), Error::BareCr);
    assert_eq!(error("5;a\rb\r\nhello\r\n0\r\n\r\n"), Error::BareCr);
}

#[test]
fn a_control_character_hides_nothing_in_a_size() {
    for size in ["5\0", "\x0b5", "5\x0c", "5;a\0", "5;a=\"\x01\""] {
        assert_eq!(
            error(&format!("{size}\r\nhello\r\n0\r\n\r\n")),
            Error::Control,
            "{size:?}"
        );
    }
}

#[test]
fn a_chunk_ends_where_its_size_says() {
    for behind in ["\nX", "X\r\n", "\r\r\n", "!!", "\n", "0\r\n"] {
        let input = format!("5\r\nhello{behind}0\r\n\r\n");
        assert_eq!(error(&input), Error::ChunkEnd, "{behind:?}");
    }
}

#[test]
fn extensions_are_read_and_overlooked() {
    for extension in [
        ";a",
        ";a=b",
        ";a;b=c",
        ";a=\"b\"",
        ";a=\"\"",
        ";a=\"b;\\\"c\\\\\";d",
        " ; a = b",
        "\t;a",
        ";a=\"\u{e4} \t\"",
    ] {
        says(
            &format!("5{extension}\r\nhello\r\n0{extension}\r\n\r\n"),
            "hello",
        );
    }
}

#[test]
fn extensions_keep_to_the_grammar() {
    for extension in [
        ";",
        " ",
        "\t",
        " a",
        ";a ",
        ";a=",
        ";=b",
        ";a=b=c",
        ";a=\"b",
        ";a=\"b\"c",
        ";a=b\"",
        ";;a",
        ";a b",
        ";a=\"\\\"",
        ";(a)",
        ";a,b",
        ";\u{e4}",
        "; ",
        ";a;",
    ] {
        let input = format!("5{extension}\r\nhello\r\n0\r\n\r\n");
        assert_eq!(error(&input), Error::ChunkExtension, "{extension:?}");
    }
}

#[test]
fn a_chunk_line_above_the_limit_is_refused() {
    let limits = Limits {
        chunk_line: 10,
        ..Limits::default()
    };
    let read = |name: &str| {
        let input = format!("1;{name}\r\na\r\n0\r\n\r\n");
        check(Framing::Chunked, input.as_bytes(), &limits).map(|body| body.is_some())
    };
    assert_eq!(read("12345678"), Ok(true));
    assert_eq!(read("123456789"), Err(Error::ChunkTooLong));
    let endless = check(Framing::Chunked, b"1;123456789", &limits);
    assert_eq!(endless, Err(Error::ChunkTooLong));
}

#[test]
fn a_little_data_pays_for_few_extensions() {
    let limits = Limits {
        chunk_extensions: 10,
        ..Limits::default()
    };
    let read = |chunks: usize| {
        let input = "1;a=b\r\nx\r\n".repeat(chunks) + "0\r\n\r\n";
        check(Framing::Chunked, input.as_bytes(), &limits).map(|body| body.is_some())
    };
    assert_eq!(read(2), Ok(true));
    assert_eq!(read(3), Err(Error::ChunkTooLong));
}

#[test]
fn trailers_are_checked_and_forgotten() {
    says("1\r\na\r\n0\r\nDigest: x\r\nX-Empty:\r\n\r\n", "a");
}

#[test]
fn trailers_keep_to_the_rules_of_fields() {
    for (trailer, expected) in [
        ("X", Error::NoColon),
        ("X : y", Error::SpaceBeforeColon),
        (" X: y", Error::Folded),
        ("X: y\r\n z", Error::Folded),
        (": y", Error::FieldName),
        ("X: \0", Error::Control),
        ("X: y\nZ: z", Error::BareLf),
        ("X: y\rZ: z", Error::BareCr),
    ] {
        assert_eq!(
            error(&format!("0\r\n{trailer}\r\n\r\n")),
            expected,
            "{trailer:?}"
        );
    }
}

#[test]
fn a_trailer_changes_neither_length_nor_host() {
    for trailer in ["Content-Length: 5", "transfer-encoding: chunked", "HOST: b"] {
        assert_eq!(
            error(&format!("0\r\nX: y\r\n{trailer}\r\n\r\n")),
            Error::Trailer,
            "{trailer}"
        );
    }
}

#[test]
fn trailers_above_the_limit_are_431() {
    let limits = Limits {
        trailers: 20,
        ..Limits::default()
    };
    let read = |value: &str| {
        let input = format!("1\r\na\r\n0\r\nX: y\r\nX: {value}\r\n\r\n");
        check(Framing::Chunked, input.as_bytes(), &limits).map(|body| body.is_some())
    };
    assert_eq!(read("123456"), Ok(true));
    assert_eq!(read("1234567"), Err(Error::TrailersTooLong));
    let endless = check(
        Framing::Chunked,
        "0\r\nX: yyyyyyyyyyyyyyyyy".as_bytes(),
        &limits,
    );
    assert_eq!(endless, Err(Error::TrailersTooLong));
    assert_eq!(
        Error::TrailersTooLong.status(),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
}
