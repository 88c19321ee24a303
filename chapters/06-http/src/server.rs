//! The server: HTTP on the reactor of chapter 05. [`Site`] is what all connections share, [`Http`]
//! what one of them remembers.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `state.rs`, `outcome.rs` | a connection: requests in, answers out |
//! | `unanswered.rs`, `patience.rs` | a request that takes longer than its head, and how long it may take |
//! | `site.rs`, `routes.rs` | what all of them share: routes, files, and the time |
//! | `descriptors.rs` | how connections and files share the descriptors |
//! | `trace.rs` | what a trace shows of it |

mod descriptors;
mod outcome;
mod patience;
mod routes;
mod session;
mod site;
mod state;
mod trace;
mod unanswered;

pub use self::descriptors::{connections, kept_files};
pub use self::outcome::Outcome;
pub use self::patience::Patience;
pub use self::routes::{Answer, Call, Occasion, Reply, Route};
pub use self::session::Http;
pub use self::site::Site;

use reactor::{Buffer, ConnId, Handler, Io, Origin};

impl<S> Handler for Site<S> {
    type Session = Http;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Http {
        Http::open(io, id, self)
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Http, input: &mut Buffer) {
        let outcome = session.on_data(io, id, self, input);
        no_upgrade(io, id, &outcome);
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Http, _: &mut Buffer) {
        session.on_end(io, id);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Http, key: u8) {
        let outcome = session.on_timer(io, id, self, key);
        no_upgrade(io, id, &outcome);
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Http) {
        session.on_stop(io, id, self);
    }
}

/// Routes that upgrade need a handler that knows the other protocol.
fn no_upgrade(io: &mut Io, id: ConnId, outcome: &Outcome) {
    if let Outcome::Upgrade(_) = outcome {
        io.close(id);
    }
}
