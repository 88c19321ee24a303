//! Clients that wait, leave, come back and lose patience.

use std::fmt::Debug;

use crate::subject::Desk;

const BOOK: &str = "book: 09-webserver.html#the-desk";

#[test]
fn a_result_is_collected_once() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let ticket = desk.wait(1);
        (desk.hand_in(ticket, 'a'), desk.collect(1), desk.collect(1))
    });
    expect(
        &got,
        &(true, Some('a'), None),
        "Client 1 waited, and its result came. It is given to it once.",
    );
}

#[test]
fn nothing_is_collected_before_it_is_there() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let ticket = desk.wait(1);
        let early = (desk.collect(1), desk.collect(2));
        (early, desk.hand_in(ticket, 'a'), desk.collect(1))
    });
    expect(
        &got,
        &((None, None), true, Some('a')),
        "Client 1 was asked twice whether its result is there, the first time too early. It waits on, and the result \
         comes.",
    );
}

#[test]
fn each_client_gets_its_own() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let tickets = [1, 2, 3].map(|client| desk.wait(client));
        let handed = [2, 0, 1].map(|at: usize| desk.hand_in(tickets[at], at));
        (handed, [1, 2, 3].map(|client| desk.collect(client)))
    });
    expect(
        &got,
        &([true; 3], [Some(0), Some(1), Some(2)]),
        "Three clients wait, and the results come in another order than their jobs went out.",
    );
}

#[test]
fn what_comes_for_a_client_that_has_left_is_dropped() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let ticket = desk.wait(1);
        desk.leave(1);
        (desk.hand_in(ticket, 'a'), desk.collect(1), desk.len())
    });
    expect(
        &got,
        &(false, None, 0),
        "Client 1 left before its result came. Nobody waits for that, and it isn't kept.",
    );
}

#[test]
fn a_late_result_does_not_answer_the_next_request() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let ada = desk.wait(1);
        let bob = desk.wait(1);
        let late = (desk.hand_in(ada, "ada".to_owned()), desk.collect(1));
        (late, desk.hand_in(bob, "bob".to_owned()), desk.collect(1))
    });
    expect(
        &got,
        &((false, None), true, Some("bob".to_owned())),
        "Client 1 asked to log in as ada, lost patience, and asked to log in as bob. Then ada's result came. It answers \
         nothing any more: else this client would be ada.",
    );
}

#[test]
fn a_client_that_comes_back_gets_nothing_old() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        let old = desk.wait(1);
        desk.leave(1);
        let new = desk.wait(1); // another client, with the number of the first
        let late = (desk.hand_in(old, "old".to_owned()), desk.collect(1));
        (late, desk.hand_in(new, "new".to_owned()), desk.collect(1))
    });
    expect(
        &got,
        &((false, None), true, Some("new".to_owned())),
        "Client 1 left, and another one got its number. What was worked for the first must not reach the second.",
    );
}

#[test]
fn nothing_is_left_behind() {
    let got = harness::call(|| {
        let mut desk = Desk::new();
        for client in 0..1000 {
            let ticket = desk.wait(client);
            match client % 3 {
                0 => {
                    desk.hand_in(ticket, client);
                    desk.collect(client);
                }
                1 => {
                    desk.hand_in(ticket, client);
                    desk.leave(client);
                }
                _ => {
                    desk.leave(client);
                    desk.hand_in(ticket, client);
                }
            }
        }
        desk.leave(5000); // who has never waited
        desk.len()
    });
    expect(
        &got,
        &0,
        "A thousand clients have waited, and none waits any more; some left with their result uncollected.",
    );
}

#[track_caller]
fn expect<T: Debug + PartialEq>(received: &T, expected: &T, means: &str) {
    assert!(
        received == expected,
        "\nexpected  {expected:?}\nreceived  {received:?}\nit means  {means}\nread      {BOOK}\n"
    );
}
