//! A future with a deadline.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use super::sleep;
use crate::{Either, select};

/// The time was up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is up")
    }
}

impl std::error::Error for Elapsed {}

/// What `future` returns, if it does so within `duration`; else the future is dropped.
///
/// # Errors
/// [`Elapsed`] when the time is up.
///
/// # Panics
/// Outside of [`Runtime::block_on`](super::Runtime::block_on).
// ANCHOR: timeout
pub async fn timeout<F: Future>(duration: Duration, future: F) -> Result<F::Output, Elapsed> {
    match select(pin!(future), sleep(duration)).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(Elapsed),
    }
}
// ANCHOR_END: timeout
