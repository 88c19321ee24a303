//! The reactor in a thread of the test, through real sockets: what its callbacks are told and when,
//! and what its peers see.

mod accepting;
mod backpressure;
mod connecting;
mod edges;
mod endings;
mod fairness;
mod files;
mod holding;
mod script;
mod stale;
mod stopping;
mod threads;
mod timers;
mod watching;
