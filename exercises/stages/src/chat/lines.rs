//! Lines in whatever pieces they come.

use super::member::{Member, two};
use super::start;
use crate::Subject;

/// In the middle of a character, and between CR and LF.
pub fn lines_may_come_in_any_pieces(subject: &Subject) {
    let server = start(
        subject,
        "A line is taken when its LF is there, and a CR before that is no part of it; a read may end anywhere, \
         also in a character.",
    );
    let mut alice = Member::new(&server, "alice");
    let lines = "hé\r\n/me x\n";
    for cut in 1..lines.len() {
        let mut member = Member::guest(&server);
        let nick = member.nick.clone();
        member.client.send_in_pieces(lines.as_bytes(), &[cut]);
        member.say("/quit");
        alice.hear(&format!("- {nick} joined"));
        alice.hear(&format!("<{nick}> hé"));
        alice.hear(&format!("* {nick} x"));
        alice.hear(&format!("- {nick} left"));
    }
}

/// 1000 bytes, without its end.
pub fn a_line_that_is_too_long_is_refused_and_the_next_one_is_heard(subject: &Subject) {
    let server = start(
        subject,
        "A line has 1000 bytes at most. A longer one is refused with one line that begins with `! `, and all \
         of it is dropped up to its LF; it must not be kept.",
    );
    let (mut alice, mut bob) = two(&server);
    let longest = "x".repeat(1000);
    alice.say(&longest);
    alice.hear(&format!("<alice> {longest}"));
    bob.hear(&format!("<alice> {longest}"));
    alice.client.send("x".repeat(100_000).as_bytes());
    alice.hear_begin("! ");
    alice.client.send(b"/quit\nhello\n");
    alice.hear("<alice> hello");
    bob.hear("<alice> hello");
}

/// End of file completes it.
pub fn a_last_line_without_an_end_is_heard(subject: &Subject) {
    let server = start(
        subject,
        "At end of file, the last line is said even without its LF; then its member has left.",
    );
    let (mut alice, mut bob) = two(&server);
    alice.client.send(b"one\ntwo");
    alice.client.finish_sending();
    bob.hear("<alice> one");
    bob.hear("<alice> two");
    bob.hear("- alice left");
    alice.rest();
}
