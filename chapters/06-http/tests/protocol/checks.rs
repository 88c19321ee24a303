//! What must hold for any bytes whatever. The fuzz targets and the tests call the same checks.

use ch06_http::{
    Body, Error, Event, Form, Framing, Head, Limits, Method, Piece, RequestParser, Target, Version,
    decode, decode_form, form_pairs,
};

/// Limits that are met soon.
const NARROW: Limits = Limits {
    request_line: 64,
    field_line: 48,
    fields: 6,
    head: 160,
    body: 100,
    chunk_line: 24,
    chunk_extensions: 40,
    trailers: 64,
};

/// What has been understood of an input.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    said: Vec<Said>,
    /// Bytes that were done with.
    used: usize,
    error: Option<Error>,
}

#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// What a head says, in words, and its text.
    Head(String, Vec<u8>),
    Data(Vec<u8>),
    End,
}

/// Reads `input` as requests, in pieces of every kind: the reading is the same, and each head is
/// read the same by another parser.
pub fn requests(input: &[u8], cut: usize) {
    for limits in [&Limits::default(), &NARROW] {
        let whole = read(input, &[input.len()], limits);
        let cut = cut % (input.len() + 1);
        assert_eq!(
            read(input, &[cut, input.len()], limits),
            whole,
            "cut at {cut}"
        );
        let bytes: Vec<_> = (0..=input.len()).collect();
        assert_eq!(read(input, &bytes, limits), whole, "byte by byte");
    }
}

fn read(input: &[u8], ends: &[usize], limits: &Limits) -> Reading {
    let mut requests = RequestParser::default();
    let mut reading = Reading {
        said: Vec::new(),
        used: 0,
        error: None,
    };
    for &end in ends {
        loop {
            let rest = &input[reading.used..end];
            let (event, used) = match requests.next(rest, limits) {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(requests.next(b"GET / HTTP/1.1\r\n", limits), Err(error));
                    assert!(error.status().is_error(), "{error:?} is no error");
                    reading.error = Some(error);
                    return reading;
                }
            };
            assert!(
                used > 0 || event == Event::End,
                "it stands still: {event:?}"
            );
            reading.used += used;
            match event {
                Event::Head(head) => {
                    second_opinion(&head, &rest[..used]);
                    let words = (
                        head.method,
                        head.target.text(),
                        head.version,
                        head.framing(),
                    );
                    let asks = (head.keep_alive(), head.expects_continue(), head.host());
                    let words = format!("{words:?} {asks:?} {:?}", head.fields);
                    reading.said.push(Said::Head(words, head.text().to_vec()));
                }
                Event::Data(data) => {
                    assert!(!data.is_empty(), "a piece without data");
                    match reading.said.last_mut() {
                        Some(Said::Data(said)) => said.extend_from_slice(data),
                        _ => reading.said.push(Said::Data(data.to_vec())),
                    }
                }
                Event::End => reading.said.push(Said::End),
            }
        }
    }
    reading
}

/// Another parser, which lets more pass, takes `text` for the same head.
fn second_opinion(head: &Head<'_>, text: &[u8]) {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut other = httparse::Request::new(&mut fields);
    match other.parse(text) {
        Ok(httparse::Status::Complete(used)) => assert_eq!(used, text.len()),
        // It knows no minor versions but 0 and 1.
        Err(httparse::Error::Version) if head.version == Version::Http11 => return,
        // Nor any target but text.
        Err(httparse::Error::Token) if str::from_utf8(head.target.text()).is_err() => return,
        outcome => panic!("{outcome:?} for {}", text.escape_ascii()),
    }
    assert_eq!(other.method.map(str::as_bytes), Some(head.method.name()));
    assert_eq!(other.path.map(str::as_bytes), Some(head.target.text()));
    assert_eq!(
        other.version,
        Some(u8::from(head.version == Version::Http11))
    );
    let others = other
        .headers
        .iter()
        .map(|field| (field.name.as_bytes(), field.value));
    assert!(head.fields.iter().eq(others), "{}", text.escape_ascii());

    // What decides about the body, read once more in the plainest way.
    let all = |name: &str| -> Vec<_> { head.fields.get_all(name).collect() };
    let framing = match (&all("content-length")[..], &all("transfer-encoding")[..]) {
        ([], []) => Framing::None,
        ([length], []) => {
            let length = std::str::from_utf8(length).expect("digits");
            Framing::Length(length.parse().expect("a number"))
        }
        ([], [coding]) if coding.eq_ignore_ascii_case(b"chunked") => Framing::Chunked,
        both => panic!("accepted {both:?}"),
    };
    assert_eq!(head.framing(), framing);
    assert!(all("host").len() <= 1);
    for (name, value) in head.fields {
        let name = std::str::from_utf8(name).expect("a token");
        assert!(
            head.fields.get_all(name).any(|other| other == value),
            "{name} isn't found"
        );
    }
}

/// Reads `text` as a target and takes it apart.
pub fn target(text: &[u8]) {
    for method in [Method::Get, Method::Options, Method::Connect] {
        let Ok(target) = Target::parse(text, method) else {
            continue;
        };
        assert_eq!(target.form() == Form::Authority, method == Method::Connect);
        let visible = |byte: &u8| byte.is_ascii_graphic() || *byte >= 0x80;
        assert!(text.iter().all(visible), "{}", text.escape_ascii());
        if target.form() == Form::Origin {
            let query = target.query();
            let mark = if query.is_some() { &b"?"[..] } else { b"" };
            assert_eq!(
                [target.path(), mark, query.unwrap_or_default()].concat(),
                text
            );
        }
        let mut path = Vec::new();
        if decode(target.path(), &mut path).is_ok() {
            assert!(!path.contains(&0));
            let slashes = |text: &[u8]| text.split(|&byte| byte == b'/').count();
            assert_eq!(
                slashes(&path),
                slashes(target.path()),
                "a slash was encoded"
            );
        }
        for (name, value) in form_pairs(target.query().unwrap_or_default()) {
            form(name);
            form(value);
        }
    }
    form(text);
}

fn form(text: &[u8]) {
    let mut decoded = Vec::new();
    let encodings = text.split(|&byte| byte == b'%').count() - 1;
    if decode_form(text, &mut decoded).is_ok() {
        assert_eq!(decoded.len() + 2 * encodings, text.len());
    }
}

/// Reads `input` as a chunked body, in pieces of every kind, and once more with another parser.
pub fn body(input: &[u8], cut: usize) {
    for limits in [&Limits::default(), &NARROW] {
        let whole = read_chunks(input, &[input.len()], limits);
        let cut = cut % (input.len() + 1);
        assert_eq!(
            read_chunks(input, &[cut, input.len()], limits),
            whole,
            "cut at {cut}"
        );
        let bytes: Vec<_> = (0..=input.len()).collect();
        assert_eq!(read_chunks(input, &bytes, limits), whole, "byte by byte");
        // The other parser takes no zeros beyond 16 digits.
        let many_zeros = input
            .windows(16)
            .any(|digits| digits == b"0000000000000000");
        if let Ok((data, used, true)) = whole
            && !many_zeros
        {
            assert_eq!(
                other_chunks(input),
                Some((data, used)),
                "{}",
                input.escape_ascii()
            );
        }
    }
}

/// The data, how many bytes were done with, and whether the body is complete.
type Chunks = Result<(Vec<u8>, usize, bool), Error>;

fn read_chunks(input: &[u8], ends: &[usize], limits: &Limits) -> Chunks {
    let mut body = Body::new(Framing::Chunked, limits)?;
    let (mut data, mut at) = (Vec::new(), 0);
    for &end in ends {
        while let Some((piece, used)) = body.next(&input[at..end], limits)? {
            at += used;
            match piece {
                Piece::End => return Ok((data, at, true)),
                Piece::Data(piece) => {
                    assert!(used >= piece.len() && !piece.is_empty());
                    data.extend_from_slice(piece);
                }
            }
        }
    }
    Ok((data, at, false))
}

/// The data of a chunked body, and its length, as another parser reads it.
fn other_chunks(input: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut data, mut at) = (Vec::new(), 0);
    loop {
        let httparse::Status::Complete((used, size)) =
            httparse::parse_chunk_size(&input[at..]).ok()?
        else {
            return None;
        };
        at += used;
        if size == 0 {
            // The shortest field has four bytes: there is room for all.
            let mut trailers = vec![httparse::EMPTY_HEADER; input.len() / 4];
            let trailers = httparse::parse_headers(&input[at..], &mut trailers).ok()?;
            let httparse::Status::Complete((used, _)) = trailers else {
                return None;
            };
            return Some((data, at + used));
        }
        let size = usize::try_from(size).ok()?;
        data.extend_from_slice(input.get(at..at + size)?);
        at += size;
        if input.get(at..at + 2)? != b"\r\n" {
            return None;
        }
        at += 2;
    }
}
