//! How members leave, and how the server ends.

use harness::Signal;
use serde_json::json;

use crate::member::{Member, two};
use crate::page::Page;
use crate::start;

#[test]
fn who_quits_is_told_goodbye_and_the_others_that_he_has_left() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    bob.client.send(b"/quit\nand then\n");
    bob.hear("- goodbye");
    bob.client.expect_end();
    alice.hear("- bob left");
    alice.say("hello");
    alice.hear("<alice> hello");
}

#[test]
fn a_page_that_quits_gets_a_close_and_so_does_one_that_sends_one() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    let mut page = Page::open(&server);
    alice.hear("- guest-1 joined");
    page.say("/quit");
    page.hear(&json!({"kind": "notice", "text": "goodbye"}));
    assert_eq!(page.close(), (1000, String::new()));
    alice.hear("- guest-1 left");
    let mut page = Page::open(&server);
    alice.hear("- guest-1 joined");
    page.socket.close(None).expect("it is taken");
    alice.hear("- guest-1 left");
    alice.say("/who");
    alice.hear("- here: alice");
}

#[test]
fn a_connection_that_is_reset_is_a_member_who_has_left() {
    let server = start(&[]);
    let (mut alice, bob) = two(&server);
    bob.client.reset();
    alice.hear("- bob left (connection lost)");
    alice.say("/msg bob psst");
    alice.hear("! nobody here is called bob; /who says who is here");
}

#[test]
fn a_page_that_goes_without_a_close_is_a_member_who_has_left() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    let page = Page::open(&server);
    alice.hear("- guest-1 joined");
    drop(page);
    alice.hear("- guest-1 left (connection lost)");
}

#[test]
fn many_may_leave_while_somebody_speaks() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    for _ in 0..5 {
        let others: Vec<_> = (0..30).map(|_| Member::guest(&server)).collect();
        for _ in &others {
            assert!(alice.line().ends_with(" joined"));
        }
        // All at once for the server: some are gone before it writes to them, some leave meanwhile.
        let mut leaving = Vec::new();
        server.while_stopped(|| {
            alice.say("one");
            for (number, other) in others.into_iter().enumerate() {
                match number % 3 {
                    0 => other.client.reset(),
                    1 => drop(other),
                    _ => leaving.push(other),
                }
            }
            for other in &mut leaving {
                other.client.send(b"/msg alice bye\n/quit\n");
            }
            alice.say("two");
        });
        let (mut left, mut told, mut said) = (0, 0, Vec::new());
        while left < 30 || said.len() < 2 {
            let line = alice.line();
            match line.as_str() {
                "<alice> one" | "<alice> two" => said.push(line),
                bye if bye.ends_with(" to you] bye") => told += 1,
                gone if gone.contains(" left") => left += 1,
                other => panic!("nobody said {other:?}"),
            }
        }
        assert_eq!(told, 10, "what was said before the end is heard");
        assert_eq!(said, ["<alice> one", "<alice> two"]);
        alice.say("/who");
        alice.hear("- here: alice");
    }
}

#[test]
fn a_server_that_goes_down_says_goodbye_in_either_protocol() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let server = start(&[]);
        let (mut alice, mut bob) = two(&server);
        let mut page = Page::open(&server);
        alice.hear("- guest-1 joined");
        bob.hear("- guest-1 joined");
        server.signal(signal);
        for member in [&mut alice, &mut bob] {
            member.hear("- the server is going down: goodbye");
            member.client.expect_end();
        }
        assert_eq!(
            page.close(),
            (1001, "the server is going down: goodbye".to_owned())
        );
        drop((alice, bob, page));
        assert!(server.wait().success());
    }
}
