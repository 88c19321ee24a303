//! Files below `--root`.

use super::answer::{Content, take_apart};
use super::{HELLO, get, long, start};
use crate::Subject;

const BOOK: &str = "06-http.html#read-the-code";

/// The head says how long the content is.
pub fn a_file_is_sent_with_its_length(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "GET of a file below --root is answered `HTTP/1.1 200 OK`, with Content-Length and the file's bytes.",
        BOOK,
    );
    let request = get("/hello.txt");
    let answer = site.expect_content(&request, HELLO);
    site.check_field(
        &request,
        &answer,
        "Content-Length",
        &HELLO.len().to_string(),
    );
}

/// More than a socket takes at once.
pub fn a_file_of_many_bytes_is_sent_whole(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A write may take a part of what you give it (a short write): keep the rest, and go on when there is \
         room.",
        BOOK,
    );
    let content = long(3_000_000);
    site.write("long", &content);
    site.expect_content(&get("/long"), &content);
}

/// RFC 9110 §9.3.2
pub fn head_gets_the_head_alone(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "HEAD is answered as GET, without the content: the Content-Length is that of the file, and nothing \
         follows the head.",
        BOOK,
    );
    let request = get("/hello.txt").replace("GET", "HEAD");
    let mut client = site.server.client();
    client.send(request.as_bytes());
    client.finish_sending();
    let answers = take_apart(&site.server, &client.read_to_end(), Content::IsLeftOut);
    let answer = site.one(&request, answers);
    site.check_status(&request, &answer, &[200]);
    site.check_field(
        &request,
        &answer,
        "Content-Length",
        &HELLO.len().to_string(),
    );
}

/// And the connection goes on.
pub fn a_file_that_is_not_there_is_404(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "What isn't there is 404, with a Content-Length (0 is one), and the connection goes on.",
        BOOK,
    );
    let answers = site.ask(get("/missing") + &get("/hello.txt"));
    let codes: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    if codes != [404, 200] {
        site.fail(
            &get("/missing"),
            "404, and 200 for the next",
            &format!("{codes:?}"),
        );
    }
}

/// In clear and percent-encoded.
pub fn no_path_leads_out_of_the_root(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A path may not climb above --root, neither by `..` nor by `%2e%2e` nor by `%2F`: decode first, then \
         look, or let the kernel do it (openat2 with RESOLVE_BENEATH).",
        BOOK,
    );
    for target in [
        "/../secret",
        "/x/../../secret",
        "/%2e%2e/secret",
        "/..%2Fsecret",
        "/%2E%2E%2Fsecret",
        "//../secret",
    ] {
        site.expect_status(&get(target), &[400, 403, 404]);
    }
}

/// RFC 9110 §15.5.6
pub fn a_file_can_not_be_posted_to(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A method that a resource doesn't take is 405, and Allow names those that it does.",
        BOOK,
    );
    let request = "POST /hello.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi";
    let answer = site.expect_status(request, &[405]);
    let allows = answer.field("Allow").unwrap_or_default();
    if !allows.contains("GET") {
        site.fail(
            request,
            "an Allow with GET in it",
            &format!("Allow: {allows:?}"),
        );
    }
}
