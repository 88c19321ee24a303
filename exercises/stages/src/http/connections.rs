//! Several requests on one connection, and in any pieces.

use super::{Answer, Site, get, start};
use crate::Subject;

const BOOK: &str = "06-http.html#read-the-code";

/// RFC 9112 §9.3
pub fn a_connection_serves_several_requests(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "HTTP/1.1 keeps a connection open after an answer: the next request may follow on it.",
        BOOK,
    );
    let mut client = site.server.client();
    for _ in 0..3 {
        let alone = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
        client.send(alone.as_bytes());
        client.wait_until_read();
    }
    client.finish_sending();
    let answers = site.rest(&mut client);
    if answers.len() != 3 {
        site.fail("POST /echo", "3 answers", &format!("{}", answers.len()));
    }
}

/// `Connection: close`
pub fn it_ends_when_the_client_asks_for_that(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "After a request with `Connection: close` comes its answer, which says `Connection: close`, too, and \
         then the end; what follows the request is ignored.",
        BOOK,
    );
    let request = get("/hello.txt").replace("Host", "Connection: close\r\nHost");
    let mut client = site.server.client();
    client.send((request.clone() + &get("/hello.txt")).as_bytes());
    let answers = site.rest(&mut client);
    let answer = site.one(&request, answers);
    site.check_field(&request, &answer, "Connection", "close");
}

/// RFC 9112 §9.3
pub fn http_1_0_ends_after_one_answer(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "HTTP/1.0 knows no second request on a connection, and needs no Host: answer, and close.",
        BOOK,
    );
    let request = "GET /hello.txt HTTP/1.0\r\n\r\n";
    let mut client = site.server.client();
    client.send(request.as_bytes());
    let answers = site.rest(&mut client);
    let answer = site.one(request, answers);
    site.check_status(request, &answer, &[200]);
}

/// End of file from a client closes one direction only.
pub fn a_client_that_has_finished_sending_gets_its_answer(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "End of file means that no more requests follow. Those that you have are answered before you close.",
        BOOK,
    );
    site.expect_status(&get("/hello.txt"), &[200]);
    let mut client = site.server.client();
    client.send(&get("/hello.txt").as_bytes()[..20]);
    client.finish_sending();
    client.expect_end();
}

/// Without waiting for answers.
pub fn pipelined_requests_are_answered_in_their_order(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A client may send further requests before it has the first answer. One read can bring many, and a \
         part of the next; the answers come in the order of the requests.",
        BOOK,
    );
    let requests = (0..900).map(|number| match number % 3 {
        0 => get(&format!("/{number}")),
        1 => get("/hello.txt"),
        _ => format!(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n{number:04}"
        ),
    });
    let answers = site.ask(requests.collect::<String>());
    if answers.len() != 900 {
        site.fail("900 requests", "900 answers", &format!("{}", answers.len()));
    }
    for (number, answer) in answers.iter().enumerate() {
        let request = format!("the {}th of 900 requests", number + 1);
        match number % 3 {
            0 => site.check_status(&request, answer, &[404]),
            1 => site.check_status(&request, answer, &[200]),
            _ => site.check_content(&request, answer, format!("{number:04}").as_bytes()),
        }
    }
}

/// One of each kind.
const REQUESTS: &str = "GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n\
    POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nhello\r\nthere\
    PUT /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
    3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n\
    GET /missing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

const PIECES: &str = "TCP delivers a stream: a read may end anywhere in a request, in its line, its fields, \
                      its body, between CR and LF. Keep what you have, and go on from there.";

#[track_caller]
fn whole(site: &Site) -> Vec<Answer> {
    let mut client = site.server.client();
    client.send(REQUESTS.as_bytes());
    let whole = site.rest(&mut client);
    let codes: Vec<_> = whole.iter().map(|answer| answer.status).collect();
    if codes != [200, 200, 200, 404] {
        site.fail(
            "four requests at once",
            "200, 200, 200, 404",
            &format!("{codes:?}"),
        );
    }
    site.check_content("POST /echo", &whole[1], b"hello\r\nthere");
    site.check_content("PUT /echo", &whole[2], b"abc0123456789");
    whole
}

#[track_caller]
fn compare(site: &Site, how: &str, pieces: &[Answer], whole: &[Answer]) {
    if pieces != whole {
        let codes: Vec<_> = pieces.iter().map(|answer| answer.status).collect();
        let received = format!("{} with the status codes {codes:?}", pieces.len());
        site.fail(
            how,
            "the answers that come if it is sent at once",
            &received,
        );
    }
}

/// In two pieces.
pub fn requests_cut_anywhere_get_the_same_answers(subject: &Subject) {
    let site = start(subject, &[], PIECES, BOOK);
    let whole = whole(&site);
    for cut in 1..REQUESTS.len() {
        let mut client = site.server.client();
        client.send_in_pieces(REQUESTS.as_bytes(), &[cut]);
        let pieces = site.rest(&mut client);
        compare(
            &site,
            &format!("requests cut at byte {cut}"),
            &pieces,
            &whole,
        );
    }
}

/// In as many as can be.
pub fn requests_sent_byte_by_byte_get_the_same_answers(subject: &Subject) {
    let site = start(subject, &[], PIECES, BOOK);
    let whole = whole(&site);
    let mut client = site.server.client();
    client.send_byte_by_byte(REQUESTS.as_bytes());
    let pieces = site.rest(&mut client);
    compare(&site, "requests byte by byte", &pieces, &whole);
}
