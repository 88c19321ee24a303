//! The server: HTTP on the reactor of chapter 05. [`Site`] is what all connections share, [`Http`]
//! what one of them remembers.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `delivery.rs` | a connection: requests in, answers out |
//! | `unanswered.rs`, `patience.rs` | a request that takes longer than its head, and how long it may take |
//! | `site.rs`, `routes.rs` | what answers: code, or else a file |
//! | `descriptors.rs` | how connections and files share the descriptors |
//! | `trace.rs` | what a trace shows of it |

mod delivery;
mod descriptors;
mod patience;
mod routes;
mod session;
mod site;
mod trace;
mod unanswered;

pub use delivery::{Delivery, Extent};
pub use descriptors::{connections, kept_files};
pub use patience::Patience;
pub use routes::{Answer, Call, Occasion, Reply, Route};
pub use session::{Http, Outcome};
pub use site::Site;
