//! The runtime, and how its tasks find it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::budget;
use super::reactor::{Reactor, Turn};
use super::run_queue::{Run, RunQueue};

/// An executor with its reactor, for one thread.
#[derive(Clone)]
pub struct Runtime {
    queue: Arc<RunQueue>,
    reactor: Arc<Reactor>,
}

impl Runtime {
    /// A runtime without tasks.
    ///
    /// # Errors
    /// As `epoll_create1(2)` and `eventfd(2)`: no descriptor or no memory is left.
    pub fn new() -> io::Result<Self> {
        let queue = RunQueue::new()?;
        let reactor = Reactor::new(queue.alarm())?;
        Ok(Self {
            queue: Arc::new(queue),
            reactor: Arc::new(reactor),
        })
    }

    // ANCHOR: block_on
    /// Polls `future` to its end in this thread, and beside it the tasks that it spawns.
    ///
    /// # Errors
    /// If `epoll_wait` fails.
    ///
    /// # Panics
    /// If a task panics.
    pub fn block_on<F: Future>(&self, future: F) -> io::Result<F::Output> {
        let _entered = enter(self);
        let mut future = pin!(future);
        let root = Arc::new(Root {
            due: AtomicBool::new(true),
            queue: Arc::clone(&self.queue),
        });
        let waker = Waker::from(Arc::clone(&root));
        let (mut tasks, mut turn) = (VecDeque::new(), Turn::default());
        loop {
            if root.due.swap(false, Ordering::AcqRel) {
                budget::renew();
                let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
                if let Poll::Ready(output) = polled {
                    return Ok(output);
                }
            }
            // Those that are woken from here on have to wait for the next turn.
            self.queue.take(&mut tasks);
            for task in tasks.drain(..) {
                budget::renew();
                task.run();
            }
            let may_sleep = !root.due.load(Ordering::Acquire) && self.queue.fall_asleep();
            self.reactor.wait(&mut turn, may_sleep)?;
            self.queue.wake_up(); // before the reactor wakes tasks: they need no alarm
            self.reactor.wake(&mut turn);
        }
    }
    // ANCHOR_END: block_on
}

/// The future of `block_on`: it isn't a task, as it may borrow and needn't be [`Send`].
struct Root {
    due: AtomicBool,
    queue: Arc<RunQueue>,
}

impl Wake for Root {
    fn wake(self: Arc<Self>) {
        let queue = Arc::clone(&self.queue);
        queue.push(self);
    }
}

impl Run for Root {
    fn run(self: Arc<Self>) {
        self.due.store(true, Ordering::Release);
    }
}

thread_local! { static CURRENT: RefCell<Option<Runtime>> = const { RefCell::new(None) }; }

/// Makes `runtime` this thread's, until the guard is dropped.
fn enter(runtime: &Runtime) -> impl Drop + use<> {
    struct Entered(Option<Runtime>);
    impl Drop for Entered {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    Entered(CURRENT.replace(Some(runtime.clone())))
}

fn current<T>(of: impl FnOnce(&Runtime) -> T) -> T {
    CURRENT.with_borrow(|runtime| match runtime {
        Some(runtime) => of(runtime),
        None => panic!("this needs a runtime: call it inside of Runtime::block_on"),
    })
}

/// This thread's run queue.
pub(super) fn run_queue() -> Arc<RunQueue> {
    current(|runtime| Arc::clone(&runtime.queue))
}

/// This thread's reactor.
pub(super) fn reactor() -> Arc<Reactor> {
    current(|runtime| Arc::clone(&runtime.reactor))
}
