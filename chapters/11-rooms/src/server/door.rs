//! The door: who comes in by the web, and what a balancer asks.

use http::{Call, Reply, Response, Status, form_pairs};
use websocket::{Accepted, Handshake};

use crate::Token;

/// What the routes know.
#[derive(Debug)]
pub struct Door {
    handshake: Handshake,
    /// Whether members may be sent here.
    pub(super) ready: bool,
}

/// A page that comes, or comes back: `/ws?token=…&room=…&seen=…`.
#[derive(Debug)]
pub struct Resume {
    pub(super) accepted: Accepted,
    pub(super) token: Option<Token>,
    /// In the room of this name, it has seen the events up to this one.
    pub(super) seen: Option<(String, u64)>,
}

impl Door {
    pub(super) const fn new(handshake: Handshake) -> Self {
        let ready = false;
        Self { handshake, ready }
    }
}

/// Answers a request for WebSocket.
pub(super) fn upgrade(door: &mut Door, call: &mut Call<'_>) -> Reply<Resume> {
    let accepted = match door.handshake.check(&call.head) {
        Ok(accepted) => accepted,
        Err(refusal) => return refusal.response().into(),
    };
    let (mut token, mut room, mut seen) = (None, None, None);
    for (name, value) in form_pairs(call.head.target.query().unwrap_or_default()) {
        let value = String::from_utf8_lossy(value).into_owned();
        match name {
            b"token" => token = value.parse().ok(),
            b"room" => room = Some(value),
            b"seen" => seen = value.parse().ok(),
            _ => {}
        }
    }
    Reply::Upgrade(Resume {
        accepted,
        token,
        seen: room.zip(seen),
    })
}

/// Whether this process works at all.
pub(super) fn health(_: &mut Door, _: &mut Call<'_>) -> Reply<Resume> {
    Response::new(Status::OK)
        .content("text/plain", "alive\n")
        .into()
}

/// Whether members may be sent here: a balancer asks that.
pub(super) fn readiness(door: &mut Door, _: &mut Call<'_>) -> Reply<Resume> {
    if door.ready {
        Response::new(Status::OK)
            .content("text/plain", "ready\n")
            .into()
    } else {
        Response::error(
            Status::SERVICE_UNAVAILABLE,
            "the log can't be reached, or this server has no epoch in it yet",
        )
        .into()
    }
}

/// The page is chapter 08's but for this one file, which numbers lines and keeps the token.
pub(super) fn connection(_: &mut Door, _: &mut Call<'_>) -> Reply<Resume> {
    Response::new(Status::OK)
        .content(
            "text/javascript; charset=utf-8",
            include_str!("../../site/connection.js"),
        )
        .into()
}
