//! What the routes of the pages share.

use super::login::Waiting;
use super::logins::Logins;
use crate::Handshake;

/// What the routes share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub handshake: Handshake,
    /// None where no codes are given out.
    pub logins: Option<Logins<Waiting>>,
}
