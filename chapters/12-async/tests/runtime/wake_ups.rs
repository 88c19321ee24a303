//! Wake-ups: from inside, from other threads, during a poll.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use ch12_async::Stop;
use ch12_async::runtime::JoinSet;

use crate::run;

#[test]
fn a_wake_up_during_the_poll_is_not_lost() {
    run(|| async {
        let mut polls = 0;
        let mut set = JoinSet::new();
        set.spawn(poll_fn(move |context| {
            polls += 1;
            context.waker().wake_by_ref();
            if polls == 100 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        set.join_next().await;
    });
}

#[test]
fn a_task_that_is_woken_several_times_is_polled_once() {
    let polls = run(|| async {
        let polls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&polls);
        let (mut set, mut others) = (JoinSet::new(), JoinSet::new());
        set.spawn(poll_fn(move |context| {
            if count.fetch_add(1, Ordering::Relaxed) == 0 {
                (0..10).for_each(|_| context.waker().wake_by_ref());
            }
            Poll::<()>::Pending
        }));
        for _ in 0..3 {
            others.spawn(async {}); // each takes a turn
            others.join_next().await;
        }
        polls.load(Ordering::Relaxed)
    });
    assert_eq!(polls, 2);
}

#[test]
fn another_thread_wakes_a_runtime_that_sleeps() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let wakes = thread::spawn(move || {
        for waker in receiver {
            // The runtime has nothing else to do: by now it is asleep, or will be.
            thread::sleep(Duration::from_millis(20));
            waker.wake();
        }
    });
    run(move || async move {
        for _ in 0..3 {
            let mut asked = false;
            poll_fn(|context| {
                if asked {
                    return Poll::Ready(());
                }
                asked = true;
                sender.send(context.waker().clone()).unwrap();
                Poll::Pending
            })
            .await;
        }
    });
    wakes.join().unwrap();
}

#[test]
fn other_threads_wake_tasks_at_any_moment() {
    const ROUNDS: usize = 20_000;
    let (sender, receiver) = mpsc::channel::<Waker>();
    let wakes = thread::spawn(move || receiver.iter().for_each(Waker::wake));
    run(move || async move {
        let mut set = JoinSet::new();
        for _ in 0..4 {
            let sender = sender.clone();
            let mut round = 0;
            set.spawn(poll_fn(move |context| {
                if round == ROUNDS / 4 {
                    return Poll::Ready(());
                }
                round += 1;
                sender.send(context.waker().clone()).unwrap();
                Poll::Pending
            }));
        }
        while set.join_next().await.is_some() {}
    });
    wakes.join().unwrap();
}

#[test]
fn the_word_to_stop_reaches_all_from_another_thread() {
    let stop = Stop::default();
    let says = stop.clone();
    let (sender, receiver) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        receiver.recv().unwrap();
        says.say();
    });
    run(move || async move {
        let mut set = JoinSet::new();
        for _ in 0..10 {
            set.spawn(stop.wait());
        }
        set.spawn(async {}); // polled after them
        set.join_next().await;
        sender.send(()).unwrap();
        while set.join_next().await.is_some() {}
        stop.wait().await; // late, and not too late
    });
    thread.join().unwrap();
}
