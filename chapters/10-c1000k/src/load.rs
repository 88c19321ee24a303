//! The load generator.
//!
//! ```text
//!    Run (one thread): phases, the sum of all samples        worker 0 … n: a loop, a table, a share
//!   ┌────────────────────────────────────────────────┐      ┌────────────────────────────────────┐
//!   │ open ─► hold ─► work: warm up, count, finish   │─────►│ connections: at most 64 opening    │
//!   │            every half second: a tick           │order │ what is due ─► an idle connection  │
//!   │                                                │◄─────│ answers ─► compared, histogram     │
//!   └────────────────────────────────────────────────┘report└────────────────────────────────────┘
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `load/target.rs`, `load/plan.rs` | whom to load, and how |
//! | `load/traffic.rs`, `load/answer.rs` | the bytes of a request, and those that have to come back |
//! | `load/pace.rs` | when a request is due, whether or not the server is ready for it |
//! | `load/worker.rs`, `load/connection.rs` | one loop of the generator, as a handler of chapter 05 |
//! | `load/run.rs`, `load/sample.rs` | all loops together, and what they report |

mod answer;
mod connection;
mod pace;
mod plan;
mod run;
mod sample;
mod target;
mod traffic;
mod worker;

pub use answer::Answer;
pub use plan::{Plan, Work};
pub use run::{Outcome, Run, Tick};
pub use sample::Sample;
pub use target::Target;
