//! Members who say more than others can read.

use serde_json::json;

use crate::member::two;
use crate::page::Page;
use crate::start;

const SLOWER: &str = "slower, please: 20 lines at once, then 10 a second; the rest of yours waits";

#[test]
fn a_flood_waits_and_nothing_of_it_is_lost() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    let lines: Vec<_> = (0..50).map(|number| format!("line {number}\n")).collect();
    alice.client.send(lines.concat().as_bytes());
    let mut told = 0;
    let mut said = Vec::new();
    while said.len() < 50 {
        match alice.line() {
            line if line == format!("! {SLOWER}") => told += 1,
            line => said.push(line),
        }
    }
    let expected: Vec<_> = (0..50)
        .map(|number| format!("<alice> line {number}"))
        .collect();
    assert_eq!(said, expected);
    // Once; and once more if the machine stood still so long that all was paid for in between.
    assert!((1..=2).contains(&told), "she is told {told} times");
    for line in &expected {
        bob.hear(line);
    }
}

#[test]
fn who_does_not_flood_is_heard_while_a_flood_waits() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    alice.client.send("flood\n".repeat(300).as_bytes());
    alice.hear_until(&format!("! {SLOWER}"));
    bob.say("hello");
    let before = alice.hear_until("<bob> hello");
    assert!(before.len() < 250, "after {} lines", before.len());
}

#[test]
fn a_flood_of_messages_waits_too() {
    let server = start(&[]);
    let mut page = Page::open(&server);
    server.while_stopped(|| {
        for number in 0..40 {
            page.say(&format!("line {number}"));
        }
    });
    let mut told = 0;
    for number in 0..40 {
        let mut object = page.next();
        if object == json!({"kind": "refused", "text": SLOWER}) {
            told += 1;
            object = page.next();
        }
        assert_eq!(object["text"], format!("line {number}"));
    }
    assert_eq!(told, 1, "it is told once");
}

#[test]
fn what_was_said_before_the_end_is_heard_however_much_it_was() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    alice.client.send("a line\n".repeat(40).as_bytes());
    alice.client.finish_sending();
    for _ in 0..40 {
        bob.hear("<alice> a line");
    }
    bob.hear("- alice left");
    let heard = alice.rest();
    assert_eq!(
        heard
            .iter()
            .filter(|line| *line == "<alice> a line")
            .count(),
        40
    );
}

#[test]
fn a_flood_that_waits_costs_no_processor_time() {
    let server = start(&[]);
    let (mut alice, _bob) = two(&server);
    alice.client.flood(&b"flood\n".repeat(100_000));
    alice.hear_until(&format!("! {SLOWER}"));
    server.expect_sleep(std::time::Duration::from_millis(500));
}
