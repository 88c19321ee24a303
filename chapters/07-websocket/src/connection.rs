//! One WebSocket connection on the reactor of chapter 05.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs` | it answers what the protocol answers, and passes on what is said |
//! | `output.rs` | frames on their way out |
//! | `heartbeat.rs` | a peer that says nothing is asked whether it is there |
//! | `trace.rs` | what `--trace` shows of frames |

mod heartbeat;
mod output;
mod session;
pub(crate) mod trace;

pub(crate) use self::output::{send_close, send_compressed};
pub use self::output::{send_frame, send_header};
pub use self::session::{Progress, WebSocket};
