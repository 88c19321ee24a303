//! Logging in by a code that a phone scans: what comes on one connection is sent on another.
//!
//! ```text
//!   the page                       the server                       the phone
//!      │ ── WebSocket, /ws/login ────► │                                │
//!      │ ◄── code 60 http://…#TOKEN ── │                                │
//!      │ ◄── image <svg …> ─────────── │        (scans the image)       │
//!      │                               │ ◄── POST /login/look, token ── │
//!      │                               │ ─── who asks ────────────────► │
//!      │                               │ ◄── POST /login/confirm, token, name
//!      │ ◄── confirmed Ada, Close ──── │ ─── the page has been told ──► │
//! ```
//!
//! A phone that has the token can let its page in. So it can't be guessed; it is good for one use, and
//! only while its page waits, for a minute at most.
//!
//! What that doesn't help against: an attacker sends *you* the code of a page of *theirs*. If you
//! confirm, they are logged in as you. So the phone's page tells where that page is, and asks. Nothing is confirmed
//! by GET, as a browser sends that unasked: for a preview, or for an image on any page. And a
//! POST that another site's page has sent is refused.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Head, WebOrigin};
use qrcode::QrCode;
use qrcode::render::svg;
use reactor::{Buffer, ConnId, Io, network};

use super::drawings::DRAW;
use super::logins::{End, Logins, Token};
use crate::connection::send_close;
use crate::{Close, CloseCode, Limits, Opcode, WebSocket, send_frame};

/// The longest link that is drawn, in bytes. A long one takes long, and no camera reads it.
const MAX_DRAWN: usize = 100;

/// A page that shows a code.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Its connection.
    page: ConnId,
    /// Where it is, if it is still there.
    address: Option<IpAddr>,
    /// What shows it, as that says itself.
    browser: String,
}

impl Waiting {
    /// Where the page is, and what shows it: a line each.
    pub(super) fn shown(&self) -> String {
        let address = self.address.map(|address| address.to_string());
        format!(
            "{}\n{}",
            address.as_deref().unwrap_or("unknown"),
            self.browser
        )
    }

    /// Tells the page how it has ended.
    pub(super) fn tell(&self, io: &mut Io, word: &str, text: &str) {
        say_last(io, self.page, word, text);
    }
}

/// The connection of a page that has asked for a code, after its handshake.
#[derive(Debug)]
pub struct Login {
    socket: WebSocket,
    token: Option<Token>,
    /// The link that is still to be drawn.
    undrawn: Option<String>,
}

impl Login {
    /// Sends the page its code, or why there is none.
    pub(crate) fn open(
        io: &mut Io,
        id: ConnId,
        socket: WebSocket,
        head: &Head<'_>,
        logins: Option<&mut Logins<Waiting>>,
    ) -> Self {
        let Some(logins) = logins else {
            return Self::refused(io, id, socket, NO_LOGINS);
        };
        let address = io.peer(id).map(|peer| peer.ip());
        if !logins.has_room(|waiting| waiting.address.map(network) == address.map(network)) {
            return Self::refused(io, id, socket, TOO_MANY);
        }
        let begun = {
            let waiting = Waiting {
                page: id,
                address,
                browser: browser(head),
            };
            logins.begin(waiting)
        };
        let Ok(token) = begun else {
            return Self::refused(io, id, socket, NO_LOGINS);
        };
        io.set_timer(id, EXPIRE, logins.life);
        let link = link(head, &token);
        say(io, id, "code", &format!("{} {link}", logins.life.as_secs()));
        let undrawn = (link.len() <= MAX_DRAWN).then_some(link);
        if undrawn.is_some() {
            logins.drawings.add(io, id);
        }
        let token = Some(token);
        Self {
            socket,
            token,
            undrawn,
        }
    }

    /// There is no code for this page.
    fn refused(io: &mut Io, id: ConnId, socket: WebSocket, why: &str) -> Self {
        say_last(io, id, "ended", why);
        Self {
            socket,
            token: None,
            undrawn: None,
        }
    }

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data). The page has nothing to
    /// say but that it leaves.
    pub(crate) fn on_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        limits: &Limits,
        input: &mut Buffer,
        logins: Option<&mut Logins<Waiting>>,
    ) {
        self.socket.on_data(io, id, limits, input, |_, _| {});
        if !self.socket.is_open() {
            self.leave(io, id, logins);
        }
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer): it is the page's turn to
    /// have its code drawn, or the code has expired.
    pub(crate) fn on_timer(
        &mut self,
        io: &mut Io,
        id: ConnId,
        key: u8,
        logins: Option<&mut Logins<Waiting>>,
    ) {
        let Some(logins) = logins else { return };
        if key == DRAW {
            logins.drawings.take_turn(io, id);
            if let Some(link) = self.undrawn.take() {
                send_image(io, id, &link);
            }
            return;
        }
        self.stop_waiting(io, id, logins);
        if let Some(token) = self.token.take()
            && logins.end(&token, End::Expired).is_ok()
        {
            say_last(io, id, "ended", End::Expired.text());
        }
    }

    fn stop_waiting(&mut self, io: &mut Io, id: ConnId, logins: &mut Logins<Waiting>) {
        if self.undrawn.take().is_some() {
            logins.drawings.remove(io, id);
        }
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop).
    pub(crate) fn on_stop(&mut self, io: &mut Io, id: ConnId) {
        self.socket.on_stop(io, id);
    }

    /// The page is gone, or about to be.
    pub(crate) fn leave(&mut self, io: &mut Io, id: ConnId, logins: Option<&mut Logins<Waiting>>) {
        let Some(logins) = logins else { return };
        self.stop_waiting(io, id, logins);
        if let Some(token) = self.token.take() {
            let _ = logins.end(&token, End::Left); // it may have ended before
        }
    }
}

/// The key of the timer after which a code has expired.
const EXPIRE: u8 = 0;

const TOO_MANY: &str = "Too many pages wait for a login. Try again in a minute.";

pub(super) const NO_LOGINS: &str = "This server gives out no codes. Each of its event loops would know only \
                         its own: start it with one.";

/// What the page's browser says that it is.
fn browser(head: &Head<'_>) -> String {
    let name = head.fields.get("User-Agent").unwrap_or(b"unknown");
    let name = &name[..name.len().min(200)];
    String::from_utf8_lossy(name).replace(char::is_control, " ")
}

/// Where the phone is to go. What follows `#` is never sent: it stands in no log and in no `Referer`.
fn link(head: &Head<'_>, token: &Token) -> String {
    let origin = head.fields.get("Origin").and_then(WebOrigin::parse);
    let scheme = if origin.is_some_and(|origin| origin.is_https()) {
        "https" // a proxy before this server speaks that
    } else {
        "http"
    };
    let host = String::from_utf8_lossy(head.host().unwrap_or_default());
    let token = URL_SAFE_NO_PAD.encode(token);
    format!("{scheme}://{host}/qr-phone.html#{token}")
}

fn send_image(io: &mut Io, id: ConnId, link: &str) {
    if let Ok(code) = QrCode::new(link) {
        let image = code.render::<svg::Color<'_>>().build();
        say(io, id, "image", &image);
    }
}

/// Sends a message of a word and what belongs to it.
fn say(io: &mut Io, id: ConnId, word: &str, text: &str) {
    let message = format!("{word} {text}");
    send_frame(io, id, Opcode::Text, message.as_bytes());
}

/// Sends the last message. To an id whose connection is gone this does nothing, even if there is
/// another one in its place.
fn say_last(io: &mut Io, id: ConnId, word: &str, text: &str) {
    say(io, id, word, text);
    send_close(io, id, Close::from(CloseCode::NORMAL));
    io.close(id);
}
