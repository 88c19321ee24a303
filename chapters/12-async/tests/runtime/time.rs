//! Timers and deadlines.

use std::future::{pending, poll_fn, ready};
use std::task::Poll;
use std::time::{Duration, Instant};

use ch12_async::join;
use ch12_async::runtime::{Elapsed, JoinSet, sleep, timeout};

use crate::run;

#[test]
fn a_sleep_ends_no_earlier_than_asked() {
    let (asked, took) = run(|| async {
        let began = Instant::now();
        let asked = Duration::from_micros(1500);
        sleep(asked).await;
        (asked, began.elapsed())
    });
    assert!(took >= asked, "{took:?}");
}

#[test]
fn sleeps_end_in_the_order_of_their_deadlines() {
    let order = run(|| async {
        let mut set = JoinSet::new();
        for milliseconds in [30, 10, 20] {
            set.spawn(async move {
                sleep(Duration::from_millis(milliseconds)).await;
                milliseconds
            });
        }
        let mut order = Vec::new();
        while let Some(milliseconds) = set.join_next().await {
            order.push(milliseconds);
        }
        order
    });
    assert_eq!(order, [10, 20, 30]);
}

#[test]
fn two_sleeps_of_one_task_both_wake_it() {
    run(|| {
        join(
            sleep(Duration::from_millis(1)),
            sleep(Duration::from_millis(5)),
        )
    });
}

#[test]
fn a_sleep_that_has_moved_to_another_task_wakes_that_one() {
    run(|| async {
        let mut nap = Box::pin(sleep(Duration::from_millis(20)));
        // Polled here first (after a long pause of this thread it may be over already) …
        let _ = poll_fn(|context| Poll::Ready(nap.as_mut().poll(context))).await;
        let mut set = JoinSet::new();
        set.spawn(nap); // … and from now on there
        set.join_next().await
    });
}

#[test]
fn a_timeout_ends_what_takes_too_long_and_nothing_else() {
    let (late, early) = run(|| async {
        let late = timeout(Duration::from_millis(1), pending::<()>()).await;
        (late, timeout(Duration::ZERO, ready("at once")).await)
    });
    assert_eq!(late, Err(Elapsed));
    assert_eq!(early, Ok("at once"), "the future is asked before the clock");
}

#[test]
fn a_sleep_beyond_all_time_only_never_ends() {
    let result = run(|| {
        timeout(Duration::from_millis(1), async {
            sleep(Duration::MAX).await;
        })
    });
    assert_eq!(result, Err(Elapsed));
}
