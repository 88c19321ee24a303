//! `select` and `join`, by hand and without a runtime.

use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ch12_async::{Either, Stop, join, select};

/// Ready at its second poll; being polled after that is a fault.
fn second_time(polls: &Cell<u32>) -> impl Future<Output = &'static str> {
    poll_fn(|_| {
        polls.set(polls.get() + 1);
        match polls.get() {
            1 => Poll::Pending,
            2 => Poll::Ready("done"),
            _ => panic!("polled after its end"),
        }
    })
}

#[test]
fn select_asks_the_first_one_first() {
    let mut context = Context::from_waker(Waker::noop());
    let both = pin!(select(ready(1), ready(2)));
    assert_eq!(both.poll(&mut context), Poll::Ready(Either::First(1)));
    let second = pin!(select(pending::<()>(), ready(2)));
    assert_eq!(second.poll(&mut context), Poll::Ready(Either::Second(2)));
}

#[test]
fn what_select_has_not_waited_for_can_be_waited_for_later() {
    let mut context = Context::from_waker(Waker::noop());
    let polls = Cell::new(0);
    let mut slow = pin!(second_time(&polls));
    let first = pin!(select(slow.as_mut(), ready(())));
    assert_eq!(first.poll(&mut context), Poll::Ready(Either::Second(())));
    assert_eq!(slow.as_mut().poll(&mut context), Poll::Ready("done"));
}

#[test]
fn join_does_not_poll_what_has_ended() {
    let mut context = Context::from_waker(Waker::noop());
    let (early, late) = (Cell::new(1), Cell::new(0));
    let mut both = pin!(join(second_time(&early), second_time(&late)));
    assert_eq!(both.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(both.poll(&mut context), Poll::Ready(("done", "done")));
}

#[test]
fn who_no_longer_waits_for_the_stop_is_not_woken() {
    let mut context = Context::from_waker(Waker::noop());
    let stop = Stop::default();
    let mut kept = pin!(stop.wait());
    let mut dropped = Box::pin(stop.wait());
    assert_eq!(dropped.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(kept.as_mut().poll(&mut context), Poll::Pending);
    drop(dropped);
    assert_eq!(kept.as_mut().poll(&mut context), Poll::Pending);
    stop.say();
    assert_eq!(kept.poll(&mut context), Poll::Ready(()));
}
