//! Connections in all states, and what the ledger says of them.

use crate::subject::{Connection, Ledger};

const BOOK: &str = "what-a-stranger-costs.html#who-pays";

/// More than any test holds.
const MUCH: usize = 1 << 20;

#[test]
fn what_is_collected_is_charged() {
    check(
        || {
            let (mut ledger, mut one) = (Ledger::new(MUCH), Connection::default());
            let _ = one.receive(&[1; 300], false, &mut ledger);
            let _ = one.receive(&[1; 200], false, &mut ledger);
            format!("{} held, {} in the ledger", one.holds(), ledger.held())
        },
        "500 held, 500 in the ledger",
        "Two parts of a message have come, of 300 and 200 bytes.",
    );
}

#[test]
fn what_waits_for_its_answer_is_charged() {
    check(
        || {
            let (mut ledger, mut one) = (Ledger::new(MUCH), Connection::default());
            let _ = one.receive(&[1; 300], false, &mut ledger);
            let _ = one.receive(&[1; 200], true, &mut ledger);
            format!("{} held, {} in the ledger", one.holds(), ledger.held())
        },
        "500 held, 500 in the ledger",
        "A message of 500 bytes is complete, and waits for its answer. It is still there.",
    );
}

#[test]
fn what_is_not_read_of_an_answer_is_charged() {
    check(
        || {
            let (mut ledger, mut one) = (Ledger::new(MUCH), Connection::default());
            let _ = one.receive(b"", true, &mut ledger);
            one.answer(&[1; 70], &mut ledger);
            one.sent(30, &mut ledger);
            format!("{} held, {} in the ledger", one.holds(), ledger.held())
        },
        "40 held, 40 in the ledger",
        "An answer of 70 bytes, to a message of none, has been sent but for 40.",
    );
}

#[test]
fn a_connection_that_ends_gives_back_what_it_holds_and_no_more() {
    check(
        || {
            let mut told = Vec::new();
            for steps in 0..5 {
                let (mut ledger, mut other, mut one) = (
                    Ledger::new(MUCH),
                    Connection::default(),
                    Connection::default(),
                );
                let _ = other.receive(&[1; 1000], false, &mut ledger);
                run(&mut one, steps, &mut ledger);
                one.close(&mut ledger);
                told.push(ledger.held().to_string());
            }
            told.join(" ")
        },
        "1000 1000 1000 1000 1000",
        "A connection ends: idle, while it collects, while it waits, while it sends, and when all is sent. Another \
         one holds 1000 bytes all the time.",
    );
}

#[test]
fn when_the_ledger_is_full_those_that_wait_count() {
    check(
        || {
            let mut ledger = Ledger::new(1000);
            let mut crowd: Vec<Connection> = (0..20).map(|_| Connection::default()).collect();
            let take = |one: &mut Connection| one.receive(&[1; 100], true, &mut ledger).is_ok();
            let taken = crowd.iter_mut().map(take).filter(|taken| *taken).count();
            let held: usize = crowd.iter().map(Connection::holds).sum();
            format!("{taken} taken, {held} held")
        },
        "10 taken, 1000 held",
        "Twenty clients send a message of 100 bytes each, and none is answered yet. All of them may hold 1000.",
    );
}

#[test]
fn a_part_that_is_refused_changes_nothing() {
    check(
        || {
            let (mut ledger, mut one) = (Ledger::new(100), Connection::default());
            let first = one.receive(&[1; 60], false, &mut ledger);
            let second = one.receive(&[1; 41], false, &mut ledger);
            let third = one.receive(&[1; 40], false, &mut ledger);
            format!(
                "{first:?} {second:?} {third:?}, {} in the ledger",
                ledger.held()
            )
        },
        "Ok(()) Err(Full) Ok(()), 100 in the ledger",
        "100 bytes may be held. 60 come; 41 more would be too many; 40 more just fit.",
    );
}

#[test]
fn whatever_happens_the_ledger_says_what_is_held() {
    check(
        || {
            let mut ledger = Ledger::new(2000);
            let mut crowd: Vec<Connection> = (0..5).map(|_| Connection::default()).collect();
            let mut random = 1_u32;
            for step in 0..3000 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let [what, length, which, _] = random.to_be_bytes();
                let one = &mut crowd[usize::from(which) % 5];
                let bytes = vec![0; length.into()];
                let reads = matches!(one, Connection::Idle | Connection::Collecting(_));
                match what % 8 {
                    0..=2 if reads => drop(one.receive(&bytes, false, &mut ledger)),
                    3 if reads => drop(one.receive(&bytes, true, &mut ledger)),
                    4 => one.answer(&bytes, &mut ledger),
                    7 if step % 5 == 0 => std::mem::take(one).close(&mut ledger),
                    _ => one.sent(length.into(), &mut ledger),
                }
                let held: usize = crowd.iter().map(Connection::holds).sum();
                if held != ledger.held() {
                    return format!(
                        "after step {step}: {held} held, {} in the ledger",
                        ledger.held()
                    );
                }
            }
            "the same, after each step".to_owned()
        },
        "the same, after each step",
        "Five connections receive, wait, are answered, read and end, in any order.",
    );
}

/// Brings a connection so many steps on.
fn run(one: &mut Connection, steps: usize, ledger: &mut Ledger) {
    let to_do: [fn(&mut Connection, &mut Ledger); 4] = [
        |one, ledger| {
            let _ = one.receive(&[1; 300], false, ledger);
        },
        |one, ledger| {
            let _ = one.receive(&[1; 200], true, ledger);
        },
        |one, ledger| one.answer(&[1; 70], ledger),
        |one, ledger| one.sent(70, ledger),
    ];
    to_do.iter().take(steps).for_each(|step| step(one, ledger));
}

#[track_caller]
fn check(happens: impl FnOnce() -> String, expected: &str, means: &str) {
    let received = harness::call(happens);
    assert!(
        received == expected,
        "expected  {expected}\nreceived  {received}\nit means  {means}\nread      book: {BOOK}"
    );
}
