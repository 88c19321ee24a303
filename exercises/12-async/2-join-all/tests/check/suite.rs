//! Futures that count their polls, and say when they were asked once too often.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::subject::join_all;

const BOOK: &str = "12-tokio.html#cancellation";

#[test]
fn none_are_joined_at_once() {
    let run: Run = harness::call(|| run(&[]));
    expect(
        &format!("{:?} after {} poll(s)", run.outputs, run.joined_polls),
        "[] after 1 poll(s)",
        "There is nothing to wait for.",
    );
}

#[test]
fn futures_that_are_ready_need_one_poll() {
    let run: Run = harness::call(|| run(&[1, 1, 1]));
    expect(
        &format!("{:?} after {} poll(s)", run.outputs, run.joined_polls),
        "[0, 1, 2] after 1 poll(s)",
        "All are ready when they are asked for the first time.",
    );
}

#[test]
fn none_waits_for_another() {
    let run: Run = harness::call(|| run(&[4, 4, 4]));
    expect(
        &format!("all after {} polls", run.joined_polls),
        "all after 4 polls",
        "Each of the three is ready at its fourth poll. Asked together, they are ready together; asked one \
         after the other, they take three times as long. In between, they have no waker and can't wake.",
    );
}

#[test]
fn what_has_ended_is_not_polled_again() {
    let run: Run = harness::call(|| run(&[1, 3, 2]));
    expect(
        &format!("polled {:?} times, too often {}", run.polls, run.too_often),
        "polled [1, 3, 2] times, too often 0",
        "A future that has returned Ready was polled again. An async fn panics then.",
    );
}

#[test]
fn outputs_come_in_the_order_of_the_list() {
    let run: Run = harness::call(|| run(&[3, 1, 2, 1]));
    expect(
        &format!("{:?}", run.outputs),
        "[0, 1, 2, 3]",
        "The futures have ended in another order than they were given. The caller wants to know which \
         output is whose.",
    );
}

#[test]
fn it_wakes_nobody_by_itself() {
    let run: Run = harness::call(|| run(&[3, 3]));
    expect(
        &format!("woken {} time(s)", run.woken),
        "woken 0 time(s)",
        "The futures have the task's waker, and call it when it is time. A future that wakes its own task \
         whenever it is polled never lets the thread sleep.",
    );
}

#[test]
fn dropping_it_drops_them() {
    let left: usize = harness::call(|| {
        let alive = Arc::new(());
        let futures = vec![hold(&alive), hold(&alive)];
        let mut joined = Box::pin(join_all(futures));
        let _ = joined
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        drop(joined);
        Arc::strong_count(&alive) - 1
    });
    expect(
        &format!("{left} left"),
        "0 left",
        "The joined future was dropped, so all that it waited for is cancelled with it.",
    );
}

type Boxed = Pin<Box<dyn Future<Output = ()>>>;

/// Never ends, and holds `alive` until it is dropped.
fn hold(alive: &Arc<()>) -> Boxed {
    let alive = Arc::clone(alive);
    Box::pin(async move {
        std::future::pending::<()>().await;
        drop(alive);
    })
}

/// What became of futures that are ready at their `ready[i]`th poll, and return `i`.
#[derive(serde::Serialize, serde::Deserialize)]
struct Run {
    outputs: Vec<usize>,
    joined_polls: usize,
    polls: Vec<usize>,
    too_often: usize,
    woken: usize,
}

fn run(ready: &[usize]) -> Run {
    let counters: Vec<Arc<AtomicUsize>> = ready.iter().map(|_| Arc::default()).collect();
    let too_often = Arc::new(AtomicUsize::new(0));
    let futures = (0..).zip(ready).map(|(number, &ready)| Numbered {
        number,
        ready,
        polls: Arc::clone(&counters[number]),
        too_often: Arc::clone(&too_often),
    });
    let mut joined = Box::pin(join_all(futures.collect()));
    let task = Arc::new(Task::default());
    let waker = Waker::from(Arc::clone(&task));
    let mut joined_polls = 0;
    let outputs = loop {
        joined_polls += 1;
        assert!(
            joined_polls < 100,
            "it was polled 100 times, and is still Pending"
        );
        if let Poll::Ready(outputs) = joined.as_mut().poll(&mut Context::from_waker(&waker)) {
            break outputs;
        }
    };
    Run {
        outputs,
        joined_polls,
        polls: counters
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .collect(),
        too_often: too_often.load(Ordering::SeqCst),
        woken: task.0.load(Ordering::SeqCst),
    }
}

struct Numbered {
    number: usize,
    ready: usize,
    polls: Arc<AtomicUsize>,
    too_often: Arc<AtomicUsize>,
}

impl Future for Numbered {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<usize> {
        let polls = 1 + self.polls.fetch_add(1, Ordering::SeqCst);
        if polls > self.ready {
            self.too_often.fetch_add(1, Ordering::SeqCst);
        }
        if polls < self.ready {
            return Poll::Pending;
        }
        Poll::Ready(self.number)
    }
}

#[derive(Default)]
struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[track_caller]
fn expect(received: &str, expected: &str, means: &str) {
    assert!(
        received == expected,
        "expected  {expected}\nreceived  {received}\nit means  {means}\nread      book: {BOOK}"
    );
}
