//! Tasks that end with their owner.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Wake, Waker};

use slab::Slab;
use tracing::trace;

use super::run_queue::RunQueue;
use super::task::Task;
use super::{context, lock};

/// The only way to start a task: what a set has spawned ends before the set is gone.
///
/// Dropping the set drops the futures that have not ended, wherever they wait.
pub struct JoinSet<T: Send + 'static> {
    members: Arc<Members<T>>,
}

/// What set and tasks share.
pub(super) struct Members<T> {
    queue: Arc<RunQueue>,
    state: Mutex<State<T>>,
}

struct State<T> {
    running: Slab<Arc<Task<T>>>,
    /// What ended tasks have returned, in the order of their ends.
    outputs: VecDeque<T>,
    /// Who waits in [`JoinSet::join_next`].
    joiner: Option<Waker>,
}

impl<T: Send + 'static> JoinSet<T> {
    /// A set without tasks.
    ///
    /// # Panics
    /// Outside of [`Runtime::block_on`](super::Runtime::block_on).
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            running: Slab::new(),
            outputs: VecDeque::new(),
            joiner: None,
        };
        Self {
            members: Arc::new(Members {
                queue: context::run_queue(),
                state: Mutex::new(state),
            }),
        }
    }

    /// Starts a task. It is polled for the first time in the runtime's next turn.
    ///
    /// The future must be [`Send`], though one thread polls it: its waker may be anywhere, and the
    /// last owner of the waker drops the task.
    pub fn spawn(&mut self, future: impl Future<Output = T> + Send + 'static) {
        let mut state = self.members.state();
        let entry = state.running.vacant_entry();
        let key = entry.key();
        trace!(task = key, "spawn");
        let members = Arc::clone(&self.members);
        let task = Task::new(Box::pin(future), members, key);
        entry.insert(Arc::clone(&task));
        task.wake();
    }

    /// Waits for the next task that ends, and returns what it has returned; `None` if there is no
    /// task. Dropping this future loses nothing.
    pub async fn join_next(&mut self) -> Option<T> {
        poll_fn(|context| {
            let mut state = self.members.state();
            match state.outputs.pop_front() {
                Some(output) => Poll::Ready(Some(output)),
                None if state.running.is_empty() => Poll::Ready(None),
                None => {
                    state.joiner = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// What a task that has ended has returned, without waiting.
    pub fn try_join_next(&mut self) -> Option<T> {
        self.members.state().outputs.pop_front()
    }

    /// How many tasks are in the set, with those that have ended and were not joined.
    #[must_use]
    pub fn len(&self) -> usize {
        let state = self.members.state();
        state.running.len() + state.outputs.len()
    }

    /// Whether there is no task.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops the futures of all tasks that have not ended.
    pub fn abort_all(&mut self) {
        let tasks: Vec<_> = self.members.state().running.drain().collect();
        for task in tasks {
            task.abort();
        }
    }
}

impl<T: Send + 'static> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Send + 'static> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.abort_all();
    }
}

impl<T> Members<T> {
    pub(super) fn queue(&self) -> &RunQueue {
        &self.queue
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }

    /// The task `key` has returned `output`.
    pub(super) fn end(&self, key: usize, output: T) {
        let mut state = self.state();
        // Else the set was aborted while the task ran.
        if state.running.try_remove(key).is_some() {
            state.outputs.push_back(output);
        }
        let joiner = state.joiner.take();
        drop(state);
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}
