use super::{MAX_ANSWER, Misunderstanding, Opening};

/// The answer of RFC 6455 §1.2.
const ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\n\
     Upgrade: websocket\r\n\
     Connection: Upgrade\r\n\
     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
     Sec-WebSocket-Protocol: chat\r\n\r\n";

/// The request that it answers.
fn opening() -> Opening {
    let protocols = vec!["superchat".to_owned(), "chat".to_owned()];
    Opening::new(*b"the sample nonce", protocols)
}

/// What becomes of the answer with `old` replaced by `new`: the sub-protocol, or why it won't do.
fn with(old: &str, new: &str) -> Result<Option<String>, Misunderstanding> {
    assert!(ANSWER.contains(old), "{old}");
    let answer = ANSWER.replace(old, new);
    let opening = opening();
    let outcome = opening.answer(answer.as_bytes())?;
    let (protocol, used) = outcome.expect("all of it");
    assert_eq!(used, answer.len());
    Ok(protocol.map(str::to_owned))
}

#[test]
fn the_request_asks_for_what_the_rfc_has() {
    let address = "ws://server.example.com/chat".parse().expect("an address");
    assert_eq!(
        opening().request(&address),
        "GET /chat HTTP/1.1\r\n\
         Host: server.example.com\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: superchat, chat\r\n\r\n"
    );
}

#[test]
fn the_answer_is_taken_and_what_is_behind_it_left() {
    let opening = opening();
    let followed = [ANSWER.as_bytes(), b"\x81\x01a"].concat();
    assert_eq!(
        opening.answer(&followed),
        Ok(Some((Some("chat"), ANSWER.len())))
    );
    for end in 0..ANSWER.len() {
        assert_eq!(opening.answer(&ANSWER.as_bytes()[..end]), Ok(None), "{end}");
    }
}

#[test]
fn names_and_tokens_may_be_in_any_case() {
    assert!(with("Upgrade: websocket", "upgrade:WebSocket").is_ok());
    assert!(with("Connection: Upgrade", "CONNECTION: keep-alive, upgrade").is_ok());
}

#[test]
fn a_refusal_is_told() {
    let refused = Misunderstanding::Refused("HTTP/1.1 403 Forbidden".to_owned());
    assert_eq!(
        with("101 Switching Protocols", "403 Forbidden"),
        Err(refused)
    );
}

#[test]
fn answers_before_the_final_one_are_passed_over() {
    let opening = opening();
    for before in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102\r\n\r\n",
    ] {
        let both = [before, ANSWER].concat();
        assert_eq!(
            opening.answer(both.as_bytes()),
            Ok(Some((Some("chat"), both.len())))
        );
        assert_eq!(opening.answer(&both.as_bytes()[..before.len()]), Ok(None));
    }
}

#[test]
fn bytes_that_are_no_text_do_no_harm_in_a_field() {
    let answer = ANSWER.replace("\r\n\r\n", "\r\nServer: bl");
    let answer = [answer.as_bytes(), b"\xe9\r\n\r\n"].concat();
    let taken = opening().answer(&answer).map(|taken| taken.is_some());
    assert_eq!(taken, Ok(true));
}

#[test]
fn a_status_has_three_digits() {
    for status in ["1010", "10", "1O1", "101x"] {
        let outcome = with("101 Switching Protocols", status);
        assert_eq!(outcome, Err(Misunderstanding::NotHttp), "{status}");
    }
    assert!(with("101 Switching Protocols", "101").is_ok());
}

#[test]
fn what_is_not_http_is_told_at_once() {
    let opening = opening();
    for begun in ["220 mail ESMTP\r\n", "HTTP/1.0 ", "SSH"] {
        assert_eq!(
            opening.answer(begun.as_bytes()),
            Err(Misunderstanding::NotHttp),
            "{begun}"
        );
    }
    assert_eq!(opening.answer(b"HTT"), Ok(None));
}

#[test]
fn an_answer_that_does_not_belong_to_the_request_is_refused() {
    for (old, new, why) in [
        ("HTTP/1.1", "SSH-2.0", Misunderstanding::NotHttp),
        ("Upgrade: websocket\r\n", "", Misunderstanding::NoUpgrade),
        (
            "Connection: Upgrade",
            "Connection: close",
            Misunderstanding::NoUpgrade,
        ),
        ("s3pPLM", "S3pPLM", Misunderstanding::Key),
        (
            "Sec-WebSocket-Accept: ",
            "Sec-WebSocket-Accepts: ",
            Misunderstanding::Key,
        ),
        (
            "Protocol: chat",
            "Protocol: other",
            Misunderstanding::Protocol,
        ),
        (
            "Protocol: chat",
            "Extensions: permessage-deflate",
            Misunderstanding::Extension,
        ),
    ] {
        assert_eq!(with(old, new), Err(why), "{new}");
    }
    assert_eq!(with("Sec-WebSocket-Protocol: chat\r\n", ""), Ok(None));
}

#[test]
fn an_answer_without_end_is_not_read_for_ever() {
    let mut endless = b"HTTP/1.1 101 ".to_vec();
    endless.resize(MAX_ANSWER, b'a');
    assert_eq!(opening().answer(&endless), Err(Misunderstanding::NotHttp));
    assert_eq!(opening().answer(&endless[..MAX_ANSWER - 1]), Ok(None));
}
