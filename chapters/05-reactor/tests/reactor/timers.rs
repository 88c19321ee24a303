//! Timers of connections.

use std::time::{Duration, Instant};

use ch05_reactor::Limits;

use crate::script::start;

#[test]
fn a_timer_fires_once_and_not_early() {
    let server = start(Limits::default());
    let mut client = server.client();
    let started = Instant::now();
    client.exchange(b"timer 0 80\n", b"ding\n");
    assert!(
        started.elapsed() >= Duration::from_millis(80),
        "{:?}",
        started.elapsed()
    );
    server.expect("timer 0");
    server.expect_nothing();
}

#[test]
fn a_timer_that_is_pushed_back_fires_later_and_once() {
    let server = start(Limits::default());
    let mut client = server.client();
    let started = Instant::now();
    client.send(b"timer 0 50\n");
    client.exchange(b"timer 0 150\n", b"ding\n");
    assert!(
        started.elapsed() >= Duration::from_millis(150),
        "{:?}",
        started.elapsed()
    );
    server.expect("timer 0");
    server.expect_nothing();
}

#[test]
fn a_timer_that_is_brought_forward_fires_earlier() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer 0 3600000\n");
    client.exchange(b"timer 0 20\n", b"ding\n");
}

#[test]
fn a_cleared_timer_does_not_fire() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer 0 50\nuntimer 0\n");
    server.expect("line 0 untimer 0");
    server.expect_nothing();
}

#[test]
fn the_next_tenant_of_a_slot_does_not_inherit_a_timer() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer 0 50\nabort 0\n");
    server.expect("close 0 Aborted");
    let mut next = server.client();
    server.expect("open 1");
    server.expect_nothing();
    next.exchange(b"timer 1 20\n", b"ding\n");
}

#[test]
fn a_timer_that_sets_itself_again_leaves_others_their_turn() {
    let server = start(Limits::default());
    let mut restless = server.client();
    let mut other = server.client();
    restless.send(b"again\ntimer 0 0\n");
    server.expect("timer 0");
    other.exchange(b"say hello\n", b"hello\n");
    other.send(b"abort 0\n");
    server.expect("close 0 Aborted");
}

#[test]
fn the_timers_of_a_connection_are_told_apart_by_their_keys() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer 0 30\ntimer2 0 60\n");
    server.expect("timer 0");
    server.expect("timer2 0");
    client.send(b"timer 0 40\ntimer2 0 20\nuntimer 0\n");
    server.expect("timer2 0");
    server.expect_nothing();
}

#[test]
fn the_next_tenant_of_a_slot_inherits_no_timer_of_any_key() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"timer2 0 50\nabort 0\n");
    server.expect("close 0 Aborted");
    let _next = server.client();
    server.expect("open 1");
    server.expect_nothing();
}
