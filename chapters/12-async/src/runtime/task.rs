//! A task: a future that the executor polls whenever it has been woken.

use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use tracing::trace;

use super::join_set::Members;
use super::lock;
use super::run_queue::Run;

type BoxedFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A future with its place in a set. Its own `Arc` is its waker.
pub(super) struct Task<T> {
    stage: Mutex<Stage<T>>,
    /// It is in the run queue, and needn't be put there again.
    queued: AtomicBool,
    members: Arc<Members<T>>,
    /// Its number in the set.
    key: usize,
}

enum Stage<T> {
    Waiting(BoxedFuture<T>),
    /// `run` has the future, so that no lock is held while it is polled.
    Running,
    Ended,
}

impl<T: Send + 'static> Task<T> {
    pub(super) fn new(future: BoxedFuture<T>, members: Arc<Members<T>>, key: usize) -> Arc<Self> {
        Arc::new(Self {
            stage: Mutex::new(Stage::Waiting(future)),
            queued: AtomicBool::new(false),
            members,
            key,
        })
    }

    /// Drops the future where it waits; a running one is dropped when its poll returns.
    pub(super) fn abort(&self) {
        let stage = mem::replace(&mut *lock(&self.stage), Stage::Ended);
        drop(stage); // without the lock: the future's own values are dropped here
    }
}

// ANCHOR: wake
impl<T: Send + 'static> Wake for Task<T> {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            trace!(task = self.key, "task-wake");
            let members = Arc::clone(&self.members);
            members.queue().push(self);
        }
    }
}
// ANCHOR_END: wake

// ANCHOR: run
impl<T: Send + 'static> Run for Task<T> {
    fn run(self: Arc<Self>) {
        // Before the poll: a wake-up that comes during it must queue the task once more.
        self.queued.store(false, Ordering::Release);
        let stage = mem::replace(&mut *lock(&self.stage), Stage::Running);
        let Stage::Waiting(mut future) = stage else {
            *lock(&self.stage) = Stage::Ended;
            return; // it was woken after its end
        };
        trace!(task = self.key, "poll");
        let waker = Waker::from(Arc::clone(&self));
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {
                trace!(task = self.key, "pending");
                let mut stage = lock(&self.stage);
                // Else it was aborted meanwhile, and the future is dropped.
                if matches!(*stage, Stage::Running) {
                    *stage = Stage::Waiting(future);
                }
            }
            Poll::Ready(output) => {
                trace!(task = self.key, "task-end");
                drop(future);
                *lock(&self.stage) = Stage::Ended;
                self.members.end(self.key, output);
            }
        }
    }
}
// ANCHOR_END: run
