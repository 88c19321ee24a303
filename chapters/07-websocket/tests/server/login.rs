//! A page shows a code, and a phone lets it in.

use std::io::Read;

use ch07_websocket::{Close, CloseCode, Opcode};
use harness::{Client, Server, Signal};

use crate::socket::{SWITCHING, masked, masked_close, plain, request};
use crate::{start, wait_until};

/// A page that shows a code: its connection, and the token in its link.
struct Page {
    client: Client,
    token: String,
}

const LINK: &str = "code 60 http://localhost/qr-phone.html#";

/// A page behind its handshake.
#[track_caller]
fn ask(server: &Server, fields: &str) -> Client {
    ask_by(server.client(), fields)
}

#[track_caller]
fn ask_by(mut client: Client, fields: &str) -> Client {
    let request = String::from_utf8(request(fields)).expect("text");
    client.send(request.replacen("/ws", "/ws/login", 1).as_bytes());
    client.expect(SWITCHING);
    client
}

/// A page with its code.
#[track_caller]
fn show(server: &Server) -> Page {
    show_to(server.client())
}

#[track_caller]
fn show_to(client: Client) -> Page {
    let mut client = ask_by(client, "User-Agent: Browser of the page\r\n");
    let code = read_text(&mut client);
    let image = read_text(&mut client);
    assert!(image.starts_with("image <?xml"), "{image}");
    let token = code.strip_prefix(LINK);
    let token = token.unwrap_or_else(|| panic!("{code}")).to_owned();
    Page { client, token }
}

/// Reads a frame of text.
#[track_caller]
fn read_text(client: &mut Client) -> String {
    let [kind, short] = read(client);
    assert_eq!(kind, 0x81, "a text, and all of it");
    let length = match short {
        126 => u16::from_be_bytes(read(client)).into(),
        short => usize::from(short),
    };
    let mut text = vec![0; length];
    client.stream().read_exact(&mut text).expect("its text");
    String::from_utf8(text).expect("text")
}

#[track_caller]
fn read<const N: usize>(client: &mut Client) -> [u8; N] {
    let mut bytes = [0; N];
    let received = client.stream().read_exact(&mut bytes);
    received.expect("bytes before the deadline");
    bytes
}

/// The page is told this, and then the server closes.
#[track_caller]
fn expect_last(client: &mut Client, text: &str) {
    let close = plain(Opcode::Close, &CloseCode::NORMAL.number().to_be_bytes());
    client.expect_last(&[plain(Opcode::Text, text.as_bytes()), close].concat());
}

/// What the phone is answered: the status, and the text.
#[track_caller]
fn phone(server: &Server, request: &str, fields: &str, form: &str) -> (u16, String) {
    let mut client = server.client();
    let head = format!("{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}");
    let length = form.len();
    client.send(format!("{head}Content-Length: {length}\r\n\r\n{form}").as_bytes());
    let answer = String::from_utf8(client.read_to_end()).expect("text");
    let (head, text) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head[9..12].parse().expect("a status");
    (status, text.to_owned())
}

#[track_caller]
fn look(server: &Server, token: &str) -> (u16, String) {
    phone(server, "POST /login/look", "", &format!("token={token}"))
}

#[track_caller]
fn confirm(server: &Server, token: &str, name: &str) -> (u16, String) {
    let form = format!("token={token}&name={name}");
    phone(server, "POST /login/confirm", "", &form)
}

fn refused(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

#[test]
fn a_link_that_is_too_long_to_be_drawn_is_told_without_an_image() {
    let server = start(&[]);
    let mut client = server.client();
    let request = String::from_utf8(request("")).expect("text");
    let host = format!("Host: {}\r\n", "a".repeat(200));
    let request = request.replacen("/ws", "/ws/login", 1);
    assert!(request.contains("Host: localhost\r\n"), "{request}");
    client.send(request.replace("Host: localhost\r\n", &host).as_bytes());
    client.expect(SWITCHING);
    let code = read_text(&mut client);
    let (_, token) = code.split_once('#').expect("a link");
    assert_eq!(confirm(&server, token, "Ada").0, 200);
    expect_last(&mut client, "confirmed Ada");
}

#[test]
fn a_confirmation_reaches_the_page_that_shows_the_code_and_no_other() {
    let server = start(&[]);
    let mut page = show(&server);
    let mut other = show(&server);
    assert_ne!(page.token, other.token);
    let (status, _) = confirm(&server, &page.token, "+Ada+%E7%8C%AB");
    assert_eq!(status, 200);
    expect_last(&mut page.client, "confirmed Ada 猫");
    other.client.send(&masked(Opcode::Ping, b"and I?"));
    other.client.expect(&plain(Opcode::Pong, b"and I?"));
    assert_eq!(confirm(&server, &other.token, "Bob").0, 200);
    expect_last(&mut other.client, "confirmed Bob");
}

#[test]
fn whoever_has_scanned_a_code_is_told_who_asks_and_that_confirms_nothing() {
    let server = start(&[]);
    let mut page = show(&server);
    for _ in 0..2 {
        let (status, who) = look(&server, &page.token);
        assert_eq!((status, &who[..]), (200, "127.0.0.1\nBrowser of the page"));
    }
    page.client.send(&masked(Opcode::Ping, b"in?"));
    page.client.expect(&plain(Opcode::Pong, b"in?"));
}

/// As reported to node#9251, uWebSockets#1873, matrix-authentication-service#4058, lavinmq#2122 and
/// firezone#15013.
#[test]
fn an_address_is_told_as_its_user_knows_it() {
    let server = start(&["--host", "::"]);
    let mut page = show_to(Client::connect(
        ([127, 0, 0, 1], server.address().port()).into(),
    ));
    let (_, who) = look(&server, &page.token);
    assert_eq!(who, "127.0.0.1\nBrowser of the page");
    page.client.finish_sending();
}

#[test]
fn the_link_leads_to_where_the_page_came_from() {
    let server = start(&["--origin", "*"]);
    for (origin, scheme) in [("http://localhost", "http"), ("https://localhost", "https")] {
        let mut client = ask(&server, &format!("Origin: {origin}\r\n"));
        let code = read_text(&mut client);
        let link = format!("code 60 {scheme}://localhost/qr-phone.html#");
        assert!(code.starts_with(&link), "{code}");
        assert_eq!(code.len(), link.len() + 22, "128 bits in base64: {code}");
    }
}

#[test]
fn a_code_is_used_once() {
    let server = start(&[]);
    let mut page = show(&server);
    assert_eq!(confirm(&server, &page.token, "Ada").0, 200);
    let used = refused(404, "This code has been used already.");
    assert_eq!(confirm(&server, &page.token, "Eve"), used);
    assert_eq!(look(&server, &page.token), used);
    expect_last(&mut page.client, "confirmed Ada");
    assert_eq!(confirm(&server, &page.token, "Eve"), used);
}

#[test]
fn a_code_that_was_declined_is_good_no_more_and_its_page_is_told() {
    let server = start(&[]);
    let mut page = show(&server);
    let form = format!("token={}", page.token);
    assert_eq!(phone(&server, "POST /login/decline", "", &form).0, 200);
    expect_last(&mut page.client, "ended This code has been declined.");
    let declined = refused(404, "This code has been declined.");
    assert_eq!(confirm(&server, &page.token, "Eve"), declined);
}

#[test]
fn a_code_expires_and_both_sides_are_told() {
    let server = start(&["--code-life", "1"]);
    let mut client = ask(&server, "");
    let code = read_text(&mut client);
    read_text(&mut client);
    let (_, token) = code.split_once('#').expect("a link");
    expect_last(&mut client, "ended This code has expired.");
    let expired = refused(404, "This code has expired.");
    assert_eq!(confirm(&server, token, "Ada"), expired);
}

#[test]
fn a_code_that_nobody_was_given_confirms_nothing() {
    let server = start(&[]);
    let page = show(&server);
    let unknown = refused(404, "This server knows no such code.");
    assert_eq!(confirm(&server, "AAAAAAAAAAAAAAAAAAAAAA", "Eve"), unknown);
    let broken = refused(400, "This is no whole code.");
    for token in ["", "x", "%", &page.token[..21], &format!("{}A", page.token)] {
        assert_eq!(confirm(&server, token, "Eve"), broken, "{token}");
    }
    assert_eq!(phone(&server, "POST /login/confirm", "", ""), broken);
    assert_eq!(look(&server, &page.token).0, 200, "the code is still good");
}

#[test]
fn a_code_goes_with_its_page() {
    let server = start(&[]);
    let gone = refused(404, "The page that showed this code is gone.");

    let mut closes = show(&server);
    closes
        .client
        .send(&masked_close(Close::from(CloseCode::GOING_AWAY)));
    // The server has answered; this side hasn't closed its connection yet.
    let answer = plain(Opcode::Close, &CloseCode::GOING_AWAY.number().to_be_bytes());
    closes.client.expect(&answer);
    assert_eq!(confirm(&server, &closes.token, "Ada"), gone);

    let mut ends = show(&server);
    ends.client.finish_sending();
    ends.client.expect_end();
    assert_eq!(confirm(&server, &ends.token, "Ada"), gone);

    let Page { client, token } = show(&server);
    client.reset();
    wait_until("the page is gone", || look(&server, &token) == gone);
}

#[test]
fn a_confirmation_from_another_sites_page_is_refused() {
    let server = start(&[]);
    let mut page = show(&server);
    let form = format!("token={}&name=Eve", page.token);
    for path in ["/login/look", "/login/confirm", "/login/decline"] {
        let other = "Origin: http://example.org\r\n";
        let (status, _) = phone(&server, &format!("POST {path}"), other, &form);
        assert_eq!(status, 403, "{path}");
    }
    let own = "Origin: http://localhost\r\n";
    assert_eq!(phone(&server, "POST /login/confirm", own, &form).0, 200);
    expect_last(&mut page.client, "confirmed Eve");
}

#[test]
fn nothing_is_confirmed_by_get() {
    let server = start(&[]);
    let page = show(&server);
    let get = format!("GET /login/confirm?token={}&name=Eve", page.token);
    assert_eq!(phone(&server, &get, "", "").0, 405);
    assert_eq!(look(&server, &page.token).0, 200, "the code is still good");
}

#[test]
fn a_name_that_is_none_is_refused_and_the_code_stays_good() {
    let server = start(&[]);
    let mut page = show(&server);
    for name in ["", "++", "a%0ab", "%1b[31m", &"x".repeat(41)] {
        assert_eq!(confirm(&server, &page.token, name).0, 400, "{name}");
    }
    assert_eq!(confirm(&server, &page.token, &"x".repeat(40)).0, 200);
    expect_last(&mut page.client, &format!("confirmed {}", "x".repeat(40)));
}

#[test]
fn with_several_loops_there_are_no_codes_and_both_sides_are_told() {
    let server = start(&["--loops", "2"]);
    let mut client = ask(&server, "");
    let why = "This server gives out no codes. Each of its event loops would know only its own: \
               start it with one.";
    expect_last(&mut client, &format!("ended {why}"));
    let answer = confirm(&server, "AAAAAAAAAAAAAAAAAAAAAA", "Ada");
    assert_eq!(answer, refused(503, why));
}

#[test]
fn a_page_that_waits_is_told_when_the_server_stops() {
    let server = start(&[]);
    let mut page = show(&server);
    server.signal(Signal::SIGTERM);
    let close = plain(Opcode::Close, &CloseCode::GOING_AWAY.number().to_be_bytes());
    page.client.expect_last(&close);
    drop(page);
    assert!(server.wait().success());
}

#[test]
fn codes_are_drawn_one_after_another_and_no_page_is_forgotten() {
    let server = start(&[]).with_deadline(std::time::Duration::from_secs(20));
    // Both have their links before the first image is there.
    let mut pages = server.while_stopped(|| {
        let mut pages = server.clients(8);
        for page in &mut pages {
            let request = String::from_utf8(request("")).expect("text");
            page.send(request.replacen("/ws", "/ws/login", 1).as_bytes());
        }
        pages
    });
    // The first to wait leaves.
    pages.remove(0).reset();
    for page in &mut pages {
        page.expect(SWITCHING);
        assert!(read_text(page).starts_with(LINK));
    }
    for page in &mut pages {
        assert!(read_text(page).starts_with("image <?xml"));
    }
}

#[test]
fn an_address_has_a_share_of_the_codes() {
    let server = start(&[]).with_deadline(std::time::Duration::from_secs(20));
    let mut pages: Vec<_> = (0..50).map(|_| ask(&server, "")).collect();
    for page in &mut pages {
        assert!(read_text(page).starts_with(LINK));
    }
    let mut one_too_many = ask(&server, "");
    let why = "Too many pages wait for a login. Try again in a minute.";
    expect_last(&mut one_too_many, &format!("ended {why}"));
    pages[0].send(&masked_close(Close::from(CloseCode::GOING_AWAY)));
    wait_until("there is room again", || {
        read_text(&mut ask(&server, "")).starts_with(LINK)
    });
}

#[test]
fn a_form_has_a_length() {
    let server = start(&[]);
    let long = format!("token={}", "x".repeat(4096));
    assert_eq!(phone(&server, "POST /login/look", "", &long).0, 413);
}
