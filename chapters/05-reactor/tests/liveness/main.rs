//! What must finally happen, as a property: whatever clients send, in whatever pieces, at whatever
//! pace, and whatever the limits are, no connection is forgotten.
//!
//! A [`case::Case`] is a script for some clients and a [`handler::Obedient`] handler. [`run::run`]
//! plays it over real sockets. Whenever all is quiet, it looks for a connection that ought not to be
//! quiet; at the end, every byte that is owed must have arrived, in order.
//!
//! The steps of a script wait for states and never for time, but it is the kernel that decides when
//! a packet arrives: a seed alone doesn't replay a run. So a fault that is found here becomes a plain
//! test as well, as in `tests/reactor/edges.rs`.
//!
//! `WORKBOOK_CASES=20000 cargo test -p ch05-reactor --test liveness` runs more cases than the usual
//! hundred.

mod case;
mod client;
mod handler;
mod run;
mod server;

use harness::stream::made_up::{cases, try_out};

#[test]
fn no_connection_is_forgotten() {
    try_out(file!(), cases(), &case::cases(), |case| run::run(&case));
}
