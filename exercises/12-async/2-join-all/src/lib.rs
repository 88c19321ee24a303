//! # 12-2 Join them all
//!
//! Write [`join_all`]: it waits for any number of futures at once, in one task, and returns what they
//! have returned, in the order of the list. (`join` of the chapter does it for two.)
//!
//! - None of them waits for another: whenever your future is polled, each one that has not ended is polled.
//! - A future that has returned `Ready` must not be polled again: an `async fn` panics then, and others do
//!   what they like. That its output is needed later is no reason.
//! - Your future returns `Pending` only while one of them is pending, and wakes nobody: they have the waker.
//! - What has ended is dropped early if you like, and all else when your future is dropped.
//!
//! What you need: `Box::pin(future)` gives a `Pin<Box<F>>` that may be moved about, and `future.as_mut()`
//! polls it; `std::future::poll_fn` makes a future of a closure, so that no type of your own is needed.
//!
//! Read: the documentation of `Future::poll` ("Once a future has finished") and of `std::future::poll_fn`.

use std::future::poll_fn;

/// Waits for all `futures`, and returns their outputs in the same order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let _ = futures; // yours to use
    poll_fn(|_context| todo!("poll each one that has not ended, until all have")).await
}
