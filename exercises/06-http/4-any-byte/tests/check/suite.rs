//! Requests whole and in all pieces that there are.

use crate::subject::{Event, Parser};
use nix::sys::resource::{Resource, setrlimit};

const BOOK: &str = "06-http.html#a-head-is-a-state-machine";

const POST: &str = "POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 11\r\n\r\nhello world";
const GET: &str = "GET /c HTTP/1.1\r\nHost: d\r\n\r\n";

/// What each of these is, in words.
const POST_IS: &[&str] = &[
    "Line POST /a HTTP/1.1",
    "Field Host: b",
    "Field Content-Length: 11",
    "Data hello world",
    "End",
];
const GET_IS: &[&str] = &["Line GET /c HTTP/1.1", "Field Host: d", "End"];

/// The events of each piece, in words.
type Told = Vec<Vec<String>>;

#[test]
fn no_bytes_complete_nothing() {
    check(&[""], &[], "Nothing has come, so there is nothing to tell.");
}

#[test]
fn a_request_in_one_piece_is_read() {
    check(
        &[GET],
        GET_IS,
        "All of it is there. `feed` has to go from state to state until the bytes are used up.",
    );
}

#[test]
fn a_request_with_a_body_is_read() {
    check(
        &[POST],
        POST_IS,
        "Behind the empty line come eleven bytes of body, and with the last of them the request is complete.",
    );
}

#[test]
fn the_length_may_be_in_any_of_the_fields() {
    let field = "Content-Length: 5";
    for place in 0..4 {
        let mut fields = vec!["Host: x", "Accept: */*", "X-Empty:"];
        fields.insert(place, field);
        let head = format!("POST /f HTTP/1.1\r\n{}\r\n\r\n", fields.join("\r\n"));
        let request = head + "hello" + GET;
        let mut expected = vec!["Line POST /f HTTP/1.1".to_owned()];
        expected.extend(fields.iter().map(|field| format!("Field {field}")));
        expected.extend(["Data hello", "End"].map(str::to_owned));
        expected.extend(GET_IS.iter().map(|event| (*event).to_owned()));
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(
            &[&request],
            &expected,
            "Content-Length is one field of four, and not always the last. A field that says nothing of the \
             length doesn't take back what another has said.",
        );
    }
}

#[test]
fn it_may_be_cut_anywhere() {
    let both = [POST, GET].concat();
    let cut = |at| [&both[..at], &both[at..]];
    let all: Vec<Told> = harness::call(|| (0..=both.len()).map(|at| told(&cut(at))).collect());
    for (at, told) in all.iter().enumerate() {
        judge(
            &cut(at),
            told,
            &[POST_IS, GET_IS].concat(),
            "Two requests in two pieces. What the first call knew at its end (the state, the beginning of a \
             line) the second has to know at its beginning.",
        );
    }
}

#[test]
fn it_may_come_byte_by_byte() {
    let both = [POST, GET].concat();
    let pieces: Vec<&str> = (0..both.len()).map(|at| &both[at..=at]).collect();
    check(
        &pieces,
        &[POST_IS, GET_IS].concat(),
        "Each byte came alone. Nothing can be looked for in one piece: all that is known is in the state.",
    );
}

#[test]
fn requests_behind_one_another_are_all_read() {
    check(
        &[&[POST, GET, POST, GET, GET].concat()],
        &[POST_IS, GET_IS, POST_IS, GET_IS, GET_IS].concat(),
        "Five requests came at once. Behind the end of one the next begins, with a length of its own: a GET \
         that has none has no body, whatever the POST before it had.",
    );
}

#[test]
fn a_body_is_passed_on_as_it_comes() {
    let head = "PUT /big HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n";
    let pieces = [head, "one", "two", "three"];
    let told: Told = harness::call(|| told(&pieces));
    let expected = [
        &["Line PUT /big HTTP/1.1", "Field Content-Length: 1000000"][..],
        &["Data one"],
        &["Data two"],
        &["Data three"],
    ];
    if told.len() != expected.len() || told.iter().zip(expected).any(|(told, is)| told != is) {
        fail(
            &pieces,
            &told.concat(),
            &expected.concat(),
            "A body may be larger than your memory. What has come of it is passed on with the piece in which \
             it came.",
        );
    }
}

#[test]
fn a_body_is_bytes() {
    let body = b"\xff\0\r\n\r\n\xc3";
    let received: Vec<u8> = harness::call(|| {
        let mut parser = Parser::default();
        let mut events = parser
            .feed(b"POST /g HTTP/1.1\r\nContent-Length: 7\r\n\r\n")
            .unwrap_or_default();
        events.extend(parser.feed(body).unwrap_or_default());
        let data = events.iter().filter_map(|event| match event {
            Event::Data(data) => Some(data.clone()),
            _ => None,
        });
        data.flatten().collect()
    });
    if let Some(lines) = harness::diff(body, &received) {
        panic!(
            "the body\n{}\nit means  A body is bytes: it need be no text, and lines in it mean nothing.\n\
             read      book: {BOOK}",
            lines.join("\n")
        );
    }
}

#[test]
fn a_length_may_be_a_large_number() {
    for length in [65_541_u64, 4_294_967_301] {
        let head = format!("PUT /big HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
        check(
            &[&head, "hello", "more"],
            &[
                "Line PUT /big HTTP/1.1",
                &format!("Field Content-Length: {length}"),
                "Data hellomore",
            ],
            "The body has that many bytes, and nine have come. In 16 or in 32 bits, its length would be 5.",
        );
    }
}

#[test]
fn the_end_is_told_with_the_last_byte() {
    let requests = [GET, POST, "POST /e HTTP/1.1\r\nContent-Length: 0\r\n\r\n"];
    let all: Vec<Told> = harness::call(|| requests.map(|all| told(&last_alone(all))).into());
    for (request, told) in requests.iter().zip(&all) {
        let [before, last] = told.as_slice() else {
            unreachable!("as many as there were pieces")
        };
        let is_end = |event: &String| event == "End";
        if before.iter().any(is_end) || !last.iter().any(is_end) {
            let late = "… End (with the last byte)".to_owned();
            let received = if before.iter().any(is_end) {
                "… End (before the last byte)"
            } else {
                "no End"
            };
            fail(
                &last_alone(request),
                &[received.to_owned()],
                &[&late],
                "The client has sent all that it had to say, and waits for its answer. No byte will come any \
                 more to have you look whether the request is complete.",
            );
        }
    }
}

#[test]
fn lines_in_a_body_are_no_lines() {
    let request =
        "POST /f HTTP/1.1\r\nContent-Length: 25\r\n\r\nGET /g HTTP/1.1\r\n\r\n\r\n\n\r\r\n";
    let expected = [
        "Line POST /f HTTP/1.1",
        "Field Content-Length: 25",
        "Data GET /g HTTP/1.1\\r\\n\\r\\n\\r\\n\\n\\r\\r\\n",
        "End",
    ];
    check(
        &[request],
        &expected,
        "The body looks like a request. But it is 25 bytes, whatever they are: in this state nobody looks for \
         lines.",
    );
}

#[test]
fn what_is_no_line_is_refused_in_any_piece() {
    let request = "GET /h HTTP/1.1\r\nHost: i\r\nUser-Agent\r\n\r\n";
    let cut = |at| [&request[..at], &request[at..]];
    let all: Vec<Told> = harness::call(|| (1..request.len()).map(|at| told(&cut(at))).collect());
    for (told, at) in all.iter().zip(1..) {
        if told.concat().last().is_none_or(|last| last != "Bad") {
            fail(
                &cut(at),
                &told.concat(),
                &["…", "Bad"],
                "The third line is no field, and `content_length` says so: pass its error on.",
            );
        }
    }
}

/// All but the last byte, and the last byte.
fn last_alone(request: &str) -> [&str; 2] {
    let (before, last) = request.split_at(request.len() - 1);
    [before, last]
}

/// Feeds `pieces` to the answer, in a child process, and judges what it tells.
#[track_caller]
fn check(pieces: &[&str], expected: &[&str], means: &str) {
    let told: Told = harness::call(|| told(pieces));
    judge(pieces, &told, expected, means);
}

/// Feeds `pieces`, one behind another, and collects what each of them completes.
fn told(pieces: &[&str]) -> Told {
    // A loop that tells events for ever shall not take the machine with it. This fails only where less is
    // allowed already.
    let _ = setrlimit(Resource::RLIMIT_AS, 1 << 30, 1 << 30);
    let mut parser = Parser::default();
    let mut all = Told::new();
    for piece in pieces {
        let Ok(events) = parser.feed(piece.as_bytes()) else {
            all.push(vec!["Bad".to_owned()]);
            break;
        };
        let words = events.into_iter().map(|event| match event {
            Event::Line(line) => format!("Line {}", line.escape_debug()),
            Event::Field(field) => format!("Field {}", field.escape_debug()),
            Event::Data(data) => format!("Data {}", data.escape_ascii()),
            Event::End => "End".to_owned(),
        });
        all.push(words.collect());
    }
    all
}

/// Compares all that was told; pieces of a body that follow one another count as one.
#[track_caller]
fn judge(pieces: &[&str], told: &Told, expected: &[&str], means: &str) {
    let mut events: Vec<String> = Vec::new();
    for event in told.iter().flatten() {
        match (event.strip_prefix("Data "), events.last_mut()) {
            (Some(more), Some(last)) if last.starts_with("Data ") => last.push_str(more),
            _ => events.push(event.clone()),
        }
    }
    if events != expected {
        fail(pieces, &events, expected, means);
    }
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(pieces: &[&str], told: &[String], expected: &[&str], means: &str) -> ! {
    let bytes = pieces.concat();
    let pieces = if pieces.len() > 10 {
        vec![bytes.as_str(), "byte by byte"]
    } else {
        pieces.to_vec()
    };
    let pieces: Vec<_> = pieces
        .iter()
        .map(|piece| piece.escape_debug().to_string())
        .collect();
    let list = |events: &[&str]| match events {
        [] => "nothing".to_owned(),
        _ => events.join("\n          "),
    };
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    panic!(
        "the input {}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
        pieces.join("\n     then "),
        list(expected),
        list(&told)
    );
}
