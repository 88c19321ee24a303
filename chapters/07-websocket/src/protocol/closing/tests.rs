use super::Closing;
use crate::{Close, CloseCode, Error};

fn because(code: CloseCode) -> Close<'static> {
    Close::from(code)
}

#[test]
fn we_close_they_answer_and_it_is_done() {
    let mut closing = Closing::default();
    assert!(closing.is_open());
    let close = because(CloseCode::GOING_AWAY);
    assert_eq!(closing.close(close), Some(close));
    assert_eq!(closing, Closing::Sent);
    assert!(!closing.is_open());
    assert_eq!(closing.received(close), None, "ours was sent already");
    assert_eq!(closing, Closing::Done);
}

#[test]
fn they_close_and_are_answered_with_their_own_code() {
    let mut closing = Closing::default();
    let theirs = Close {
        code: Some(CloseCode::NORMAL),
        reason: "bye",
    };
    assert_eq!(closing.received(theirs), Some(because(CloseCode::NORMAL)));
    assert_eq!(closing, Closing::Done);
}

#[test]
fn a_close_without_a_code_is_answered_without_one() {
    assert_eq!(
        Closing::default().received(Close::default()),
        Some(Close::default())
    );
}

#[test]
fn an_error_is_told_and_ends_it() {
    let mut closing = Closing::default();
    let told = closing.failed(Error::Utf8).expect("a Close");
    assert_eq!(told.code, Some(CloseCode::INVALID_DATA));
    assert_eq!(closing, Closing::Done);
}

#[test]
fn nobody_sends_two_closes() {
    let mut closing = Closing::default();
    assert!(closing.close(because(CloseCode::NORMAL)).is_some());
    assert_eq!(closing.close(because(CloseCode::NORMAL)), None);
    assert_eq!(closing.failed(Error::Opcode), None);
    assert_eq!(closing, Closing::Done);
    assert_eq!(closing.received(Close::default()), None);
}
