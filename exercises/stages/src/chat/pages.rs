//! Members behind a WebSocket are in the same room.

use super::member::Member;
use super::page::Page;
use super::start;
use crate::Subject;

const MEANS: &str = "At the web port (--web-port, said as `page at http://ADDRESS/`), /ws is a member, too: it is \
                     sent objects like {\"kind\":\"said\",\"nick\":\"alice\",\"text\":\"hello\"}, welcome first, and \
                     sends {\"say\":\"hello\"}. It is one room: write to each member in its own protocol.";

/// welcome, joined, said, action, renamed, left
pub fn a_page_hears_what_is_said_at_the_line_port(subject: &Subject) {
    let server = start(subject, MEANS);
    let mut page = Page::open(&server);
    let mut alice = Member::guest(&server);
    page.hear("joined", &[("nick", &alice.nick)]);
    alice.say("/nick alice");
    page.hear("renamed", &[("from", &alice.nick), ("to", "alice")]);
    alice.say("hello");
    page.hear("said", &[("nick", "alice"), ("text", "hello")]);
    alice.say("/me waves");
    page.hear("action", &[("nick", "alice"), ("text", "waves")]);
    let nick = page.nick.clone();
    alice.say(&format!("/msg {nick} psst"));
    page.hear(
        "private",
        &[("from", "alice"), ("to", &nick), ("text", "psst")],
    );
    alice.say("/quit");
    page.hear("left", &[("nick", "alice")]);
}

/// `{"say":"hello"}`
pub fn what_a_page_says_is_heard_at_the_line_port(subject: &Subject) {
    let server = start(subject, MEANS);
    let mut alice = Member::guest(&server);
    let mut page = Page::open(&server);
    alice.hear(&format!("- {} joined", page.nick));
    page.say("/nick öffi");
    alice.hear(&format!("- {} is now öffi", page.nick));
    page.hear("renamed", &[("to", "öffi")]);
    page.say("hello");
    alice.hear("<öffi> hello");
    page.hear("said", &[("nick", "öffi"), ("text", "hello")]);
    page.say("/whoo");
    page.hear("refused", &[]);
}

/// With a Close, and without one.
pub fn a_page_that_goes_has_left(subject: &Subject) {
    let server = start(subject, MEANS);
    let mut alice = Member::guest(&server);
    let page = Page::open(&server);
    alice.hear(&format!("- {} joined", page.nick));
    let nick = page.nick.clone();
    page.close();
    alice.hear_begin(&format!("- {nick} left"));
    let page = Page::open(&server);
    alice.hear(&format!("- {} joined", page.nick));
    let nick = page.nick.clone();
    drop(page);
    alice.hear_begin(&format!("- {nick} left"));
}
