//! One buffer for all reads of a thread.

use std::cell::RefCell;

/// How many bytes one read takes at the most.
pub const SIZE: usize = 16 * 1024;

thread_local! { static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; SIZE]); }

/// Lends the thread's buffer to `with`, which can't await: nothing stays in it from one poll to the
/// next, so no future has to hold 16 KiB.
pub fn with_buffer<T>(with: impl FnOnce(&mut [u8]) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| with(buffer))
}
