//! The receiver is polled by hand, with wakers that count.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use crate::subject::{Receiver, letterbox};

const BOOK: &str = "12-async.html#who-wakes-whom";

#[test]
fn a_value_that_is_there_is_returned_at_once() {
    let polled: String = harness::call(|| {
        let (sender, mut receiver) = letterbox();
        sender.send(7);
        say(poll(&mut receiver, &Arc::default()))
    });
    expect(
        &polled,
        "Ready(Some(7))",
        "The value was there before anybody asked.",
    );
}

#[test]
fn sending_wakes_the_one_that_waits() {
    let run: (String, usize, String) = harness::call(|| {
        let (sender, mut receiver) = letterbox();
        let task = Arc::default();
        let before = say(poll(&mut receiver, &task));
        sender.send(7);
        (before, task.count(), say(poll(&mut receiver, &task)))
    });
    expect(
        &format!("{}, woken {} time(s), {}", run.0, run.1, run.2),
        "Pending, woken 1 time(s), Ready(Some(7))",
        "The task was told to wait, so it has to be woken when the value is there. Once is enough.",
    );
}

#[test]
fn no_task_is_woken_before_there_is_news() {
    let woken: usize = harness::call(|| {
        let (_sender, mut receiver) = letterbox::<u32>();
        let task = Arc::default();
        for _ in 0..3 {
            let _ = poll(&mut receiver, &task);
        }
        task.count()
    });
    expect(
        &format!("woken {woken} times"),
        "woken 0 times",
        "A future that wakes its own task each time it is polled keeps the processor busy until the value comes.",
    );
}

#[test]
fn the_task_that_asked_last_is_woken() {
    let woken: (usize, usize) = harness::call(|| {
        let (sender, mut receiver) = letterbox();
        let (first, second) = (Arc::default(), Arc::default());
        let _ = poll(&mut receiver, &first);
        let _ = poll(&mut receiver, &second);
        sender.send(7);
        (first.count(), second.count())
    });
    expect(
        &format!("the first {}, the second {}", woken.0, woken.1),
        "the first 0, the second 1",
        "One task polled the receiver, then another: it was handed on. The second one sleeps, and only \
         its own waker wakes it. The first has other things to do.",
    );
}

#[test]
fn a_sender_that_is_dropped_wakes_the_receiver() {
    let run: (usize, String) = harness::call(|| {
        let (sender, mut receiver) = letterbox::<u32>();
        let task = Arc::default();
        let _ = poll(&mut receiver, &task);
        drop(sender);
        (task.count(), say(poll(&mut receiver, &task)))
    });
    expect(
        &format!("woken {} time(s), {}", run.0, run.1),
        "woken 1 time(s), Ready(None)",
        "The sender is gone, so no value will come. The receiver would say so, but the task sleeps, and was \
         not woken for that.",
    );
}

#[test]
fn a_waker_may_poll_at_once() {
    let polled: String = harness::call(|| {
        let (sender, receiver) = letterbox();
        let eager = Arc::new(Eager {
            receiver: Mutex::new(receiver),
            polled: Mutex::default(),
        });
        let waker = Waker::from(Arc::clone(&eager));
        let mut receiver = eager.receiver.lock().expect("no other holds it");
        let pending = Pin::new(&mut *receiver)
            .poll(&mut Context::from_waker(&waker))
            .is_pending();
        drop(receiver);
        assert!(pending, "nothing was sent");
        sender.send(7);
        let polled = eager.polled.lock().expect("no other holds it");
        polled.clone()
    });
    expect(
        &polled,
        "Ready(Some(7))",
        "The waker polled the receiver before it returned. That is allowed: wake is somebody else's code. \
         So no lock may be held while it is called, and all that it may look at has to be there before.",
    );
}

/// A task that only counts.
#[derive(Default)]
struct Task {
    woken: AtomicUsize,
}

impl Task {
    fn count(&self) -> usize {
        self.woken.load(Ordering::SeqCst)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::SeqCst);
    }
}

/// A task that polls when it is woken.
struct Eager {
    receiver: Mutex<Receiver<u32>>,
    polled: Mutex<String>,
}

impl Wake for Eager {
    fn wake(self: Arc<Self>) {
        let mut receiver = self.receiver.lock().expect("no other holds it");
        let polled = poll(&mut receiver, &Arc::default());
        *self.polled.lock().expect("no other holds it") = say(polled);
    }
}

fn poll<T>(receiver: &mut Receiver<T>, task: &Arc<Task>) -> Poll<Option<T>> {
    let waker = Waker::from(Arc::clone(task));
    Pin::new(receiver).poll(&mut Context::from_waker(&waker))
}

fn say(polled: Poll<Option<u32>>) -> String {
    format!("{polled:?}")
}

#[track_caller]
fn expect(received: &str, expected: &str, means: &str) {
    assert!(
        received == expected,
        "expected  {expected}\nreceived  {received}\nit means  {means}\nread      book: {BOOK}"
    );
}
