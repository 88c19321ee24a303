//! How often one poll of a task may find its sockets ready.

use std::cell::Cell;
use std::task::{Context, Poll};

/// So often a task may find a socket ready before it must let the others run.
///
/// A task whose socket always has more would never return from its poll otherwise.
pub const BUDGET: u32 = 32;

thread_local! { static LEFT: Cell<u32> = const { Cell::new(BUDGET) }; }

/// A poll begins.
pub(super) fn renew() {
    LEFT.set(BUDGET);
}

// ANCHOR: spend
/// Ready while there is budget, which each poll of a task begins with anew. Without, the task goes to the
/// end of the run queue.
pub(super) fn spend(context: &mut Context<'_>) -> Poll<()> {
    if let Some(left) = LEFT.get().checked_sub(1) {
        LEFT.set(left);
        return Poll::Ready(());
    }
    context.waker().wake_by_ref();
    Poll::Pending
}
// ANCHOR_END: spend
