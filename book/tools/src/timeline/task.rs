//! A task of an executor: where it is between two polls.

use workbench::trace::Record;

use super::rows::Fill;
use crate::recording::field;

/// What is known of a task.
#[derive(Clone, Copy, Debug, Default)]
pub struct Task {
    running: bool,
    queued: bool,
}

impl Task {
    /// The task that an event is about, as the picture calls it.
    pub fn of(event: &Record) -> Option<String> {
        let number = field(event, "task");
        (!number.is_empty()).then(|| format!("task {number}"))
    }

    /// What becomes of it with an event; none at its end.
    pub fn after(self, kind: &str) -> Option<Self> {
        match kind {
            "task-wake" => Some(Self {
                queued: true,
                ..self
            }),
            "poll" => Some(Self {
                running: true,
                queued: false,
            }),
            "pending" => Some(Self {
                running: false,
                ..self
            }),
            "task-end" => None,
            _ => Some(self),
        }
    }

    /// Where it is, in words, and how its lane is drawn.
    pub fn place(self) -> (&'static str, Fill) {
        match (self.running, self.queued) {
            (true, true) => ("runs, and is in the run queue again", Fill::Open),
            (true, false) => ("runs", Fill::Open),
            (false, true) => ("in the run queue", Fill::Waiting),
            (false, false) => ("waits to be woken", Fill::Asleep),
        }
    }
}

/// What happens to a task, in words.
pub fn say(event: &Record, thread: &str) -> String {
    let task = Task::of(event).unwrap_or_default();
    match event.event.as_str() {
        "spawn" => format!("{thread} spawns {task}."),
        "task-wake" => format!("The waker of {task} is called: {task} goes into the run queue."),
        "poll" => format!("{thread} takes {task} from the run queue, and polls its future."),
        "pending" => format!(
            "The future of {task} returns Pending: it has left its waker where its event is expected."
        ),
        _ => format!("The future of {task} returns Ready: {task} has ended."),
    }
}
