//! One room on three servers.

use std::collections::BTreeSet;

use crate::line::Line;
use crate::page::Page;
use crate::{Lab, start, web};

#[test]
fn members_of_three_servers_have_names_of_their_own_and_one_order_of_lines() {
    let Some(lab) = Lab::new("one order", 3) else {
        return;
    };
    let mut members: Vec<_> = (0..9)
        .map(|number| Line::new(&lab.servers[number % 3]))
        .collect();
    let names: BTreeSet<_> = members.iter().map(|member| member.nick.clone()).collect();
    assert_eq!(names.len(), 9);
    for number in 0..10 {
        for member in &mut members {
            member.say(&format!("line {number}"));
        }
    }
    let said = |member: &mut Line| -> Vec<String> {
        (0..90)
            .map(|_| member.hear_until(|line| line.starts_with('<')))
            .collect()
    };
    let first = said(&mut members[0]);
    for member in &mut members[1..] {
        assert_eq!(said(member), first);
    }
}

#[test]
fn a_line_that_is_sent_again_is_said_once() {
    let Some(lab) = Lab::new("said once", 2) else {
        return;
    };
    let mut other = Page::new(web(&lab.servers[1]));
    let mut page = Page::new(web(&lab.servers[0]));
    page.say("one");
    page.until("its line is heard", Page::is_heard);
    page.send(1, "one");
    page.connect(web(&lab.servers[1]));
    page.send(1, "one");
    page.say("two");
    other.until("two lines", |page| page.said.len() == 2);
    let texts: Vec<_> = other.said.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["guest-2: one", "guest-2: two"]);
}

#[test]
fn a_member_of_a_killed_server_comes_back_elsewhere_with_its_name_and_what_it_missed() {
    let Some(mut lab) = Lab::new("comes back elsewhere", 2) else {
        return;
    };
    let mut alice = Page::new(web(&lab.servers[0]));
    let mut bob = Page::new(web(&lab.servers[1]));
    alice.say("/nick alice");
    alice.until("its name", |page| page.nick == "alice" && page.is_heard());
    drop(lab.servers.remove(0)); // kill -9
    for number in 0..30 {
        bob.say(&format!("line {number}"));
    }
    bob.until("its lines are heard", Page::is_heard);
    bob.until("alice leaves", |page| {
        page.told.iter().any(|one| one["kind"] == "left")
    });
    alice.connect(web(&lab.servers[0]));
    alice.until("its name again", |page| page.nick == "alice");
    assert_eq!(alice.said, bob.said);
    let left = |one: &&serde_json::Value| one["kind"] == "left" && one["nick"] == "alice";
    assert_eq!(bob.told.iter().filter(left).count(), 1);
}

#[test]
fn a_server_that_was_held_still_learns_that_it_was_declared_gone() {
    let Some(lab) = Lab::new("declared gone", 2) else {
        return;
    };
    let mut alice = Line::new(&lab.servers[0]);
    let mut bob = Line::new(&lab.servers[1]);
    lab.servers[0].while_stopped(|| {
        alice.say("too late");
        bob.hear_until(|line| line.ends_with("guest-1 left (connection lost)"));
    });
    alice.hear_until(|line| line.contains("this server was declared gone"));
    let mut carol = Line::new(&lab.servers[0]);
    carol.say("here again");
    let heard = bob.hear_until(|line| line.starts_with('<'));
    assert!(heard.ends_with("here again"), "{heard}");
}

#[test]
fn a_server_that_comes_late_begins_at_a_snapshot_and_the_log_is_trimmed_behind_it() {
    let Some(lab) = Lab::new("snapshot", 1) else {
        return;
    };
    let mut alice = Line::new(&lab.servers[0]);
    let mut others: Vec<_> = (0..40).map(|_| Line::new(&lab.servers[0])).collect();
    for number in 0..30 {
        for member in &mut others {
            member.say(&format!("line {number}"));
        }
    }
    for _ in 0..1200 {
        alice.hear_until(|line| line.starts_with('<'));
    }
    harness::experiment::until("the log is trimmed", || {
        let length: u64 = redis::cmd("XLEN")
            .arg("room:log")
            .query(&mut lab.engine.look())
            .expect("a length");
        length < 1000
    });
    let late = start(&lab.engine);
    let mut bob = Line::new(&late);
    assert_eq!(bob.nick, "guest-42");
    bob.say("/msg guest-1 hello");
    let heard = alice.hear_until(|line| line.starts_with('['));
    assert_eq!(heard, "[guest-42 to you] hello");
}
