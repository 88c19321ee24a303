//! What speed costs: read this room last.
//!
//! A reactor is whole without it. It would watch level-triggered, read each connection once a turn,
//! queue all output and allocate each queue. These files hold what makes it quicker, and the rule
//! that each of them brings along:
//!
//! | file | gain | its rule |
//! | --- | --- | --- |
//! | `armed.rs` | edge-triggered: no second look at a socket, turns in the order of arrival | an edge that was reported and not read to its end must be armed anew |
//! | `answer.rs` | an answer leaves as soon as its `on_data` returns | what goes another way has to wait behind it |
//! | `spare.rs` | a busy connection needs no allocation | memory kept in reserve is bounded |

pub(crate) mod answer;
pub(crate) mod armed;
pub(crate) mod spare;
