//! Members in one room.

use serde_json::json;

use crate::member::{Member, two};
use crate::page::Page;
use crate::start;

#[test]
fn two_members_at_the_line_port_hear_each_other() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    alice.say("hello");
    bob.hear("<alice> hello");
    bob.say("/me waves");
    for member in [&mut alice, &mut bob] {
        if member.nick == "alice" {
            member.hear("<alice> hello");
        }
        member.hear("* bob waves");
    }
}

#[test]
fn lines_and_pages_are_in_one_room() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    alice.say("is anybody here?");
    alice.hear("<alice> is anybody here?");

    let mut page = Page::open(&server);
    let welcome = page.welcome.clone();
    assert_eq!(welcome["nick"], "guest-1");
    assert_eq!(welcome["last"], 4, "{welcome}"); // joined, renamed, said, joined
    assert_eq!(welcome["members"], json!(["alice", "guest-1"]));
    assert_eq!(welcome["here"], 2);
    page.hear(&json!({"kind": "said", "id": 3, "nick": "alice", "text": "is anybody here?"}));
    alice.hear("- guest-1 joined");

    page.say("/nick öffi");
    page.hear(&json!({"kind": "renamed", "id": 5, "from": "guest-1", "to": "öffi"}));
    alice.hear("- guest-1 is now öffi");
    page.say("I am");
    page.hear(&json!({"kind": "said", "id": 6, "nick": "öffi", "text": "I am"}));
    alice.hear("<öffi> I am");
    alice.say("/me waves");
    alice.hear("* alice waves");
    page.hear(&json!({"kind": "action", "id": 7, "nick": "alice", "text": "waves"}));

    alice.say("/msg öffi psst");
    alice.hear("[you to öffi] psst");
    page.hear(&json!({"kind": "private", "from": "alice", "to": "öffi", "text": "psst"}));
    page.say("/msg alice yes?");
    page.hear(&json!({"kind": "private", "from": "öffi", "to": "alice", "text": "yes?"}));
    alice.hear("[öffi to you] yes?");

    page.say("/who");
    page.hear(&json!({"kind": "members", "here": 2, "nicks": ["alice", "öffi"]}));
    let mut bob = Member::guest(&server);
    page.hear(&json!({"kind": "joined", "id": 8, "nick": "guest-1"}));
    bob.say("/quit");
    page.hear(&json!({"kind": "left", "id": 9, "nick": "guest-1"}));
}

#[test]
fn a_room_has_the_same_name_for_all_and_another_one_next_time() {
    let server = start(&[]);
    let (one, other) = (Page::open(&server), Page::open(&server));
    assert_eq!(one.welcome["room"], other.welcome["room"]);
    let next = Page::open(&start(&[]));
    assert_ne!(one.welcome["room"], next.welcome["room"]);
}

#[test]
fn a_newcomer_hears_what_was_said_before_in_either_protocol() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    for line in ["one", "/me two", "/who", "/msg nobody three"] {
        alice.say(line);
    }
    alice.hear_until("! nobody here is called nobody; /who says who is here");
    let mut bob = Member::guest(&server);
    bob.hear("- what was said before:");
    bob.hear("<alice> one");
    bob.hear("* alice two");
    bob.hear("- that was before; now:");
    let mut page = Page::open(&server);
    page.hear(&json!({"kind": "said", "id": 3, "nick": "alice", "text": "one"}));
    page.hear(&json!({"kind": "action", "id": 4, "nick": "alice", "text": "two"}));
    assert_eq!(page.welcome["last"], 6, "{}", page.welcome);
}

#[test]
fn many_who_speak_at_once_are_heard_by_all_in_one_order() {
    let server = start(&[]);
    let mut members: Vec<_> = (0..20).map(|_| Member::guest(&server)).collect();
    server.while_stopped(|| {
        for (number, member) in members.iter_mut().enumerate() {
            for line in 0..10 {
                member.say(&format!("{number} {line}"));
            }
        }
    });
    let heard = members.iter_mut().map(|member| {
        let mut lines = Vec::new();
        while lines.len() < 200 {
            let line = member.line();
            if line.starts_with('<') {
                lines.push(line);
            }
        }
        lines
    });
    let heard: Vec<_> = heard.collect();
    for lines in &heard {
        assert_eq!(lines, &heard[0]);
    }
    let mut once = heard[0].clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 200, "each line once");
}
