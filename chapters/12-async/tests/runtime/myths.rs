//! What is said of `async`, put to the test. The page's table of myths names these.

use std::cell::Cell;
use std::future::{poll_fn, ready};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use ch12_async::join;
use ch12_async::runtime::{JoinSet, sleep};

use crate::run;

#[test]
fn a_future_that_is_not_polled_does_nothing() {
    let done = run(|| async {
        let done = Cell::new(false);
        let future = async { done.set(true) };
        let before = done.get();
        future.await;
        (before, done.get())
    });
    assert_eq!(done, (false, true));
}

/// A future that is ready at its third poll, and counts the polls of the task.
async fn third_poll(polls: &Cell<u32>) {
    let mut left = 2;
    poll_fn(|context| {
        polls.set(polls.get() + 1);
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[test]
fn what_is_awaited_in_turn_waits_in_turn_and_what_is_joined_waits_together() {
    let (in_turn, joined) = run(|| async {
        let (first, second) = (Cell::new(0), Cell::new(0));
        third_poll(&first).await;
        let before = second.get();
        third_poll(&second).await;
        let (one, other) = (Cell::new(0), Cell::new(0));
        let seen = async {
            third_poll(&one).await;
            other.get()
        };
        let (seen, ()) = join(seen, third_poll(&other)).await;
        (before, seen)
    });
    assert_eq!(in_turn, 0, "the second has not begun when the first ends");
    assert_eq!(joined, 2, "the other was polled in between");
}

#[test]
fn a_task_that_blocks_holds_up_the_others() {
    let block = Duration::from_millis(300);
    let waited = run(move || async move {
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            thread::sleep(block);
            None
        });
        tasks.spawn(async move {
            sleep(Duration::from_millis(1)).await;
            Some(began.elapsed())
        });
        let mut waited = None;
        while let Some(output) = tasks.join_next().await {
            waited = waited.or(output);
        }
        waited
    });
    assert!(waited >= Some(block), "{waited:?}");
}

#[test]
fn all_tasks_are_polled_in_one_thread() {
    let threads = run(|| async {
        let mut tasks = JoinSet::new();
        for _ in 0..10 {
            tasks.spawn(async {
                ready(()).await;
                thread::current().id()
            });
        }
        let mut threads = vec![thread::current().id()];
        while let Some(id) = tasks.join_next().await {
            threads.push(id);
        }
        threads.dedup();
        threads.len()
    });
    assert_eq!(threads, 1);
}
