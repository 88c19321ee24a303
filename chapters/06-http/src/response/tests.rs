use std::time::{Duration, UNIX_EPOCH};

use super::*;

fn written(response: &Response, how: Delivery) -> String {
    let mut out = Vec::new();
    assert!(
        response
            .write(&mut out, &Date::new(UNIX_EPOCH), how)
            .is_none()
    );
    String::from_utf8(out).unwrap()
}

fn text() -> Response {
    Response::new(Status::OK).content("text/plain", "hello\n")
}

#[test]
fn the_answer_to_head_is_the_same_without_its_content() {
    let whole = written(&text(), Delivery::default());
    let head = written(
        &text(),
        Delivery {
            extent: Extent::Head,
            ..Delivery::default()
        },
    );
    assert_eq!(whole, head + "hello\n");
}

#[test]
fn what_becomes_of_the_connection_is_said_where_it_matters() {
    for (connection, said) in [
        (Connection::Unsaid, None),
        (
            Connection::KeepAlive,
            Some("\r\nConnection: keep-alive\r\n\r\n"),
        ),
        (Connection::Close, Some("\r\nConnection: close\r\n\r\n")),
    ] {
        let extent = Extent::Whole;
        let answer = written(&text(), Delivery { extent, connection });
        match said {
            Some(said) => assert!(answer.contains(said), "{answer}"),
            None => assert!(!answer.contains("Connection"), "{answer}"),
        }
    }
}

#[test]
fn an_answer_that_can_have_no_content_has_neither_content_nor_length() {
    for status in Status::ALL.iter().filter(|status| status.has_no_body()) {
        let response = Response::new(*status).content("text/plain", "smuggled");
        let answer = written(&response, Delivery::default());
        assert!(!answer.contains("Content-Length"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[test]
fn an_empty_content_has_its_length_said() {
    let answer = written(&Response::new(Status::OK), Delivery::default());
    assert!(
        answer.ends_with("\r\nContent-Length: 0\r\n\r\n"),
        "{answer}"
    );
}

#[test]
fn a_value_can_not_add_a_field() {
    let value = "a\r\nSet-Cookie: b\n\0c\td";
    let answer = written(
        &Response::new(Status::OK).field("X", value),
        Delivery::default(),
    );
    assert!(
        answer.contains("\r\nX: a  Set-Cookie: b  c\td\r\n"),
        "{answer}"
    );
}

#[test]
fn an_error_page_says_its_code_and_why_as_text() {
    let answer = written(
        &Response::error(Status::NOT_FOUND, "There is no <b>such</b> file."),
        Delivery::default(),
    );
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
    assert!(
        answer.contains("Content-Type: text/html; charset=utf-8\r\n"),
        "{answer}"
    );
    assert!(answer.contains("<h1>404 Not Found</h1>"), "{answer}");
    assert!(answer.contains("<p>There is no &lt;b&gt;such"), "{answer}");
}

#[test]
fn answers_follow_each_other_in_one_vector() {
    let (mut out, mut date) = (Vec::new(), Date::new(UNIX_EPOCH));
    let mut answer = || {
        let start = out.len();
        assert!(text().write(&mut out, &date, Delivery::default()).is_none());
        date.update(UNIX_EPOCH + Duration::from_secs(1));
        String::from_utf8(out[start..].to_vec()).unwrap()
    };
    let (first, second) = (answer(), answer());
    assert_eq!(first.replace("00:00:00", "00:00:01"), second);
    assert_ne!(first, second);
}

#[test]
fn a_length_is_written_in_decimal_digits() {
    for number in [0, 9, 10, 1_234_567_890, u64::MAX] {
        let mut out = Vec::new();
        write_decimal(&mut out, number);
        assert_eq!(String::from_utf8_lossy(&out), number.to_string());
    }
}

#[test]
fn a_field_may_be_there_twice_as_cookies_are() {
    let response = Response::new(Status::TOO_MANY_REQUESTS)
        .field("Retry-After", "30")
        .field("Set-Cookie", "a=1; HttpOnly")
        .field("Set-Cookie", "b=2");
    let text = written(&response, Delivery::default());
    let fields = "Retry-After: 30\r\nSet-Cookie: a=1; HttpOnly\r\nSet-Cookie: b=2\r\n";
    assert!(
        text.starts_with("HTTP/1.1 429 Too Many Requests\r\n"),
        "{text}"
    );
    assert!(text.contains(fields), "{text}");
}
