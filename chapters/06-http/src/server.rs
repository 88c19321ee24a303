//! The server: HTTP on the reactor of chapter 05. [`Site`] is what all connections share, [`Http`]
//! what one of them remembers.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `state.rs`, `outcome.rs` | a connection: requests in, answers out |
//! | `unanswered.rs`, `patience.rs` | a request that takes longer than its head, and how long it may take |
//! | `site.rs`, `routes.rs` | what all of them share: routes, files, and the time |
//! | `hosts.rs` | by which names the server lets itself be called |
//! | `answered.rs` | what a site is told of each answer |
//! | `descriptors.rs` | how connections and files share the descriptors |
//! | `trace.rs` | what a trace shows of it |

mod answered;
mod descriptors;
mod hosts;
mod outcome;
mod patience;
mod routes;
mod session;
mod site;
mod state;
mod trace;
mod unanswered;

pub use self::answered::Answered;
pub use self::descriptors::{connections, kept_files};
pub use self::hosts::{HostName, HostNameError, Hosts};
pub use self::outcome::Outcome;
pub use self::patience::Patience;
pub use self::routes::{Answer, Call, Occasion, Reply, Route};
pub use self::session::Http;
pub use self::site::Site;

use reactor::{Buffer, ConnId, Handler, Io, Origin};

/// A site whose routes don't upgrade is all that a server needs. Others need a handler that knows the
/// other protocol.
impl<S> Handler for Site<S> {
    type Session = Http;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Http {
        Http::open(io, id, self)
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Http, input: &mut Buffer) {
        match session.on_data(io, id, self, input) {
            Outcome::More => {}
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Http, _: &mut Buffer) {
        session.on_end(io, id);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Http, key: u8) {
        match session.on_timer(io, id, self, key) {
            Outcome::More => {}
        }
    }

    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, session: &mut Http) {
        session.on_over_limit(io, id, self);
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Http) {
        session.on_stop(io, id, self);
    }
}
