//! What the pool shares between threads: the standard library's, or in a test that tries one order
//! of events after the other (`--cfg shuttle`), those of a scheduler that is made for it.

#[cfg(not(shuttle))]
pub(super) use std::{
    sync::{Arc, Mutex, PoisonError, atomic, mpsc},
    thread,
};

#[cfg(shuttle)]
pub(super) use shuttle::{
    sync::{Arc, Mutex, PoisonError, atomic, mpsc},
    thread,
};
