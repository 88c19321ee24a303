//! Sets of tasks, and how they end.

use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use ch12_async::runtime::{JoinSet, sleep};

use crate::run;

/// Sets its flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_set_returns_what_its_tasks_return() {
    let sum = run(|| async {
        let mut set = JoinSet::new();
        for number in 0..100_u32 {
            set.spawn(async move { number });
        }
        let mut sum = 0;
        while let Some(number) = set.join_next().await {
            sum += number;
        }
        (sum, set.is_empty())
    });
    assert_eq!(sum, (4950, true));
}

#[test]
fn a_set_without_tasks_has_nothing_to_wait_for() {
    let next = run(|| async { JoinSet::<()>::new().join_next().await });
    assert_eq!(next, None);
}

#[test]
fn a_set_that_is_dropped_drops_the_futures_that_wait() {
    let dropped = run(|| async {
        let flag = Arc::new(AtomicBool::new(false));
        let guard = Dropped(Arc::clone(&flag));
        let (mut set, mut started) = (JoinSet::new(), JoinSet::new());
        set.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        started.spawn(async {}); // polled after the other
        started.join_next().await;
        drop(set);
        flag.load(Ordering::Relaxed)
    });
    assert!(dropped);
}

#[test]
fn a_task_that_drops_its_own_set_ends_at_its_next_await() {
    let (after, dropped) = run(|| async {
        let set = Arc::new(Mutex::new(JoinSet::new()));
        let (flag, after) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        let guard = Dropped(Arc::clone(&flag));
        let (own, reached) = (Arc::clone(&set), Arc::clone(&after));
        set.lock().unwrap().spawn(async move {
            let _guard = guard;
            own.lock().unwrap().abort_all();
            sleep(Duration::from_mins(1)).await; // so that its waker stays with the reactor
            reached.store(true, Ordering::Relaxed);
        });
        let mut other = JoinSet::new();
        other.spawn(async {});
        other.join_next().await;
        (after.load(Ordering::Relaxed), flag.load(Ordering::Relaxed))
    });
    assert!(dropped && !after);
}

#[test]
fn a_waker_that_outlives_its_task_wakes_nothing() {
    let polls = run(|| async {
        let kept = Arc::new(Mutex::new(None::<Waker>));
        let polls = Arc::new(AtomicUsize::new(0));
        let (keep, count) = (Arc::clone(&kept), Arc::clone(&polls));
        let mut set = JoinSet::new();
        set.spawn(poll_fn(move |context| {
            *keep.lock().unwrap() = Some(context.waker().clone());
            count.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(())
        }));
        set.join_next().await;
        kept.lock().unwrap().take().unwrap().wake();
        set.spawn(async {});
        set.join_next().await;
        polls.load(Ordering::Relaxed)
    });
    assert_eq!(polls, 1);
}
