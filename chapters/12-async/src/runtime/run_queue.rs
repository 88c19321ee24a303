//! The tasks that have been woken, in their order.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex};

use nix::sys::eventfd::{EfdFlags, EventFd};

use super::lock;

/// Something that is polled once for each time that it is taken from the queue.
pub(super) trait Run: Send + Sync {
    fn run(self: Arc<Self>);
}

/// The run queue. Any thread may push; only the runtime's takes.
pub(super) struct RunQueue {
    state: Mutex<State>,
    /// Ends the runtime's `epoll_wait`.
    alarm: EventFd,
}

#[derive(Default)]
struct State {
    woken: VecDeque<Arc<dyn Run>>,
    /// The runtime's thread has found the queue empty, and waits or is about to.
    asleep: bool,
}

impl RunQueue {
    pub(super) fn new() -> io::Result<Self> {
        let flags = EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC;
        Ok(Self {
            state: Mutex::default(),
            alarm: EventFd::from_value_and_flags(0, flags)?,
        })
    }

    pub(super) fn alarm(&self) -> &EventFd {
        &self.alarm
    }

    // ANCHOR: push
    /// Appends `task`, and wakes the runtime's thread if it sleeps.
    pub(super) fn push(&self, task: Arc<dyn Run>) {
        let mut state = lock(&self.state);
        state.woken.push_back(task);
        let asleep = mem::take(&mut state.asleep);
        drop(state);
        if asleep {
            // It fails only when the counter is full, and then the alarm is already up.
            let _ = self.alarm.write(1);
        }
    }

    /// Whether the thread may sleep: the queue is empty, and from now on `push` sets off the alarm.
    pub(super) fn fall_asleep(&self) -> bool {
        let mut state = lock(&self.state);
        state.asleep = state.woken.is_empty();
        state.asleep
    }
    // ANCHOR_END: push

    /// The thread is awake: `push` needs no alarm.
    pub(super) fn wake_up(&self) {
        lock(&self.state).asleep = false;
    }

    /// Moves all that is queued into `turn`, which must be empty.
    pub(super) fn take(&self, turn: &mut VecDeque<Arc<dyn Run>>) {
        mem::swap(&mut lock(&self.state).woken, turn);
    }
}
