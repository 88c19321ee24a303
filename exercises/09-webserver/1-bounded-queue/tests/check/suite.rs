//! A queue, and threads at both of its ends.

use std::fmt::Debug;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nix::time::ClockId;

use crate::subject::Queue;

const BOOK: &str = "book: 09-webserver.html#the-queue";

/// Long enough for a thread to fall asleep. A quicker `pop` would pass, too.
const A_WHILE: Duration = Duration::from_millis(50);

#[test]
fn what_is_pushed_is_popped_in_its_order() {
    let got = harness::call(|| {
        let queue = Queue::new(3);
        let pushed = [1, 2, 3].map(|job| queue.push(job).is_ok());
        (pushed, [queue.pop(), queue.pop(), queue.pop()])
    });
    expect(
        &got,
        &([true; 3], [Some(1), Some(2), Some(3)]),
        "Three jobs went into a queue for three. The oldest is taken first.",
    );
}

#[test]
fn a_full_queue_gives_the_job_back_at_once() {
    let got = harness::call(|| {
        let queue = Queue::new(2);
        [1, 2, 3, 4].map(|job| queue.push(job))
    });
    expect(
        &got,
        &[Ok(()), Ok(()), Err(3), Err(4)],
        "Two jobs fit into a queue for two, and the loop that brings a third must not wait: it gets it back.",
    );
}

#[test]
fn room_is_there_again_once_a_job_is_taken() {
    let got = harness::call(|| {
        let queue = Queue::new(1);
        (1..=100)
            .map(|job| (queue.push(job).is_ok(), queue.pop()))
            .all(|(pushed, popped)| pushed && popped.is_some())
    });
    expect(
        &got,
        &true,
        "A queue for one job takes a hundred, if each is taken out before the next comes.",
    );
}

#[test]
fn who_finds_nothing_sleeps_until_there_is_a_job() {
    let got = harness::call(|| {
        let queue = Arc::new(Queue::new(1));
        let worker = thread::spawn({
            let queue = Arc::clone(&queue);
            move || (queue.pop(), cpu_of_this_thread())
        });
        thread::sleep(4 * A_WHILE);
        let pushed = queue.push(7);
        let (job, used) = worker.join().unwrap_or_default();
        (pushed, job, used < A_WHILE / 5)
    });
    expect(
        &got,
        &(Ok(()), Some(7), true),
        "A worker called `pop` while there was no job, and a job came later. It has to get that, and until then it has \
         to sleep: the third value says whether it did.",
    );
}

#[test]
fn a_closed_queue_takes_no_more_and_gives_what_it_has() {
    let got = harness::call(|| {
        let queue = Queue::new(5);
        let before = [queue.push(1), queue.push(2)];
        queue.close();
        (
            before,
            queue.push(3),
            [queue.pop(), queue.pop(), queue.pop(), queue.pop()],
        )
    });
    expect(
        &got,
        &([Ok(()), Ok(())], Err(3), [Some(1), Some(2), None, None]),
        "Two jobs were queued when the queue was closed. They were promised to be done, so they can still be taken; \
         there is nothing after them.",
    );
}

#[test]
fn all_who_sleep_wake_when_it_closes() {
    let got = harness::call(|| {
        let queue: Arc<Queue<u8>> = Arc::new(Queue::new(1));
        let workers = [(); 3].map(|()| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.pop())
        });
        thread::sleep(A_WHILE);
        queue.close();
        workers.map(|worker| worker.join().is_ok_and(|job| job.is_none()))
    });
    expect(
        &got,
        &[true; 3],
        "Three workers slept in `pop` when the queue was closed. Each of them has to wake, or the server waits for its \
         threads for ever.",
    );
}

#[test]
fn each_job_is_taken_once_by_whichever_thread() {
    let got = harness::call(|| {
        let queue = Arc::new(Queue::new(4));
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || std::iter::from_fn(|| queue.pop()).collect::<Vec<u32>>())
            })
            .collect();
        for job in 0..2000 {
            while queue.push(job).is_err() {
                thread::yield_now();
            }
        }
        queue.close();
        let mut all: Vec<u32> = workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .flatten()
            .collect();
        all.sort_unstable();
        let expected = all.len() == 2000 && all.iter().zip(0..).all(|(job, number)| *job == number);
        (all.len(), expected)
    });
    expect(
        &got,
        &(2000, true),
        "Four workers took 2,000 jobs, while others were pushed. The first value is how many they took in all, the \
         second whether they are those that were pushed, each once.",
    );
}

/// What this thread has computed so far, which is little if it slept.
fn cpu_of_this_thread() -> Duration {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    time.map_or(Duration::MAX, Duration::from)
}

#[track_caller]
fn expect<T: Debug + PartialEq>(received: &T, expected: &T, means: &str) {
    assert!(
        received == expected,
        "\nexpected  {expected:?}\nreceived  {received:?}\nit means  {means}\nread      {BOOK}\n"
    );
}
