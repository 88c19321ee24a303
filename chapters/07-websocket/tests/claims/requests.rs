//! How a handshake is found in a request (claims C195, C219; bugs B66 to B68, B88, B93).

use ch07_websocket::{Error, Handshake, Header, Refusal, Role, accept_key};
use http::{HeadParser, Limits};

use crate::documents;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A request with these fields behind the `Host`.
fn request(fields: &[&str]) -> String {
    let fields = fields.join("\r\n");
    format!("GET /chat HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n")
}

/// A handshake in which this is the field with the key, and this the one of the connection.
fn handshake(key: &str, connection: &str) -> String {
    request(&[
        "Upgrade: websocket",
        connection,
        key,
        "Sec-WebSocket-Version: 13",
    ])
}

/// What this chapter's server answers: its accept key.
fn accepted(request: &str) -> Result<String, Refusal> {
    let mut parser = HeadParser::default();
    let (head, _) = parser
        .parse(request.as_bytes(), &Limits::default())
        .expect("a valid head")
        .expect("a whole head");
    let handshake = Handshake::default();
    handshake.check(&head).map(|accepted| accepted.key)
}

#[test]
fn c195_connection_is_a_list_and_words_are_words_in_any_case() {
    let key = format!("Sec-WebSocket-Key: {KEY}");
    let right = Ok(accept_key(KEY.as_bytes()));
    for connection in [
        "Connection: Upgrade",
        "Connection: keep-alive, Upgrade",
        "Connection: upgrade",
    ] {
        assert_eq!(accepted(&handshake(&key, connection)), right);
    }
    let without = handshake(&key, "Connection: keep-alive");
    assert_eq!(accepted(&without), Err(Refusal::NoUpgrade));
}

#[test]
fn c219_the_same_bytes_mean_another_thing_behind_the_handshake() {
    let request = request(&["Accept: */*"]);
    let mut parser = HeadParser::default();
    let head = parser.parse(request.as_bytes(), &Limits::default());
    assert!(head.is_ok_and(|head| head.is_some()), "a request");
    let frame = Header::parse(request.as_bytes(), Role::Server, 1024);
    assert_eq!(frame, Err(Error::ReservedBit), "G is 0x47");
}

#[test]
fn b66_a_name_is_a_name_in_small_letters_too() {
    let connection = "Connection: Upgrade";
    let small = handshake(&format!("sec-websocket-key: {KEY}"), connection);
    assert_eq!(documents::key(&small), None, "and it answers nothing");
    assert_eq!(accepted(&small), Ok(accept_key(KEY.as_bytes())));
}

#[test]
fn b66_the_space_behind_the_colon_may_be_missing() {
    let connection = "Connection: Upgrade";
    let narrow = handshake(&format!("Sec-WebSocket-Key:{KEY}"), connection);
    assert_eq!(documents::key(&narrow), Some(&KEY[1..]));
    assert_eq!(accepted(&narrow), Ok(accept_key(KEY.as_bytes())));
    let wide = handshake(&format!("Sec-WebSocket-Key:  {KEY}  "), connection);
    assert_ne!(documents::key(&wide), Some(KEY));
    assert_eq!(accepted(&wide), Ok(accept_key(KEY.as_bytes())));
}

#[test]
fn b66_a_cookie_is_no_key() {
    let cookie = request(&["Cookie: note=Sec-WebSocket-Key"]);
    assert_eq!(documents::key(&cookie), Some("bSocket-Key"));
    assert_eq!(accepted(&cookie), Err(Refusal::NoUpgrade));
}

/// A form that another site's page has sent could look like this.
#[test]
fn b93_a_post_of_version_8_without_upgrade_has_a_key_and_is_refused_here() {
    let post = format!(
        "POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    assert_eq!(documents::key(&post), Some(KEY), "all that it looks for");
    assert_eq!(accepted(&post), Err(Refusal::Method));
    let get = |fields: &str| {
        format!("GET /ws HTTP/1.1\r\nHost: a\r\n{fields}Sec-WebSocket-Key: {KEY}\r\n\r\n")
    };
    let without = get("Sec-WebSocket-Version: 13\r\n");
    assert_eq!(documents::key(&without), Some(KEY));
    assert_eq!(accepted(&without), Err(Refusal::NoUpgrade));
    let old = get("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n");
    assert_eq!(documents::key(&old), Some(KEY));
    assert_eq!(accepted(&old), Err(Refusal::Version));
}

/// `&&` binds tighter than `||`, in C as here.
#[test]
fn b67_a_loop_that_goes_on_at_each_byte_has_no_end() {
    let goes_on = |found: bool, byte: u8| found && byte != b'\r' || byte != b'\n';
    assert!((0..=255).all(|byte| goes_on(true, byte)));
    let meant = |found: bool, byte: u8| found && byte != b'\r';
    assert!(!meant(true, b'\r') && !meant(false, b'x'));
}

#[test]
fn b68_browsers_send_lines_of_more_than_127_bytes() {
    let line = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
        (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0";
    assert!(line.len() > 127, "{}", line.len());
    let cookie = format!("Cookie: session={}", "x".repeat(600));
    let key = format!("Sec-WebSocket-Key: {KEY}");
    let request = handshake(&[line, &cookie, &key].join("\r\n"), "Connection: Upgrade");
    assert_eq!(accepted(&request), Ok(accept_key(KEY.as_bytes())));
}
