//! Four ways to learn of news. The news here is what time it is, once a second.
//!
//! ```text
//!   /poll               the client asks again and again; each answer comes at once
//!   /long-poll?after=…  the client asks, and the answer waits until there is something new
//!   /events             the client asks once, and the answer has no end: Server-Sent Events
//!   /ws/broadcast-time  the client asks once, for WebSocket; the server sends when it wants to
//! ```
//!
//! The first two are requests of chapter 06. The last two take the connection over.

use std::time::{Duration, SystemTime};

use http::{Call, Date, Method, Reply, Request, Response, Status, decode_form, form_pairs};
use reactor::{Buffer, ConnId, Io};

use crate::{Limits, Opcode, WebSocket, send_frame};

/// Answers a request for `/poll`: with the time, new or not.
pub(crate) fn poll<S, U>(_: &mut S, call: &mut Call<'_>) -> Reply<U> {
    answer(call, &now().0)
}

/// Answers a request for `/long-poll`: as soon as it is another time than the client knows. That
/// is within a second. A server whose news is rare would send an empty answer now and then, before
/// a proxy on the way loses patience.
// ANCHOR: long_poll
pub(crate) fn long_poll<S, U>(_: &mut S, call: &mut Call<'_>) -> Reply<U> {
    let (date, next) = now();
    if !knows(call, &date) {
        return answer(call, &date);
    }
    call.set_timer(next);
    Reply::Later
}
// ANCHOR_END: long_poll

/// The time, and how long until the next.
fn now() -> (Date, Duration) {
    let now = SystemTime::now();
    let mut date = Date::new(now);
    let next = date.update(now);
    (date, next)
}

/// Whether the client has said `after=` this time. It would be asking for a later one.
fn knows(call: &Call<'_>, date: &Date) -> bool {
    form_pairs(call.head.target.query().unwrap_or_default()).any(|(name, value)| {
        let mut known = Vec::new();
        name == b"after" && decode_form(value, &mut known).is_ok() && known == date.text()
    })
}

/// A page can't see the head that its browser sends. So the server tells how long it was.
fn answer<U>(call: &Call<'_>, date: &Date) -> Reply<U> {
    Response::new(Status::OK)
        .field("Cache-Control", "no-store")
        .field("Request-Bytes", call.head.text().len().to_string())
        .content("text/plain", date.text())
        .into()
}

/// Bytes that the kernel may hold for a listener that doesn't read, about. A piece of news has 37.
const SEND_BUFFER: usize = 16 * 1024;

/// A connection that is told of news without asking.
///
/// It has no heartbeat: each piece of news is one. If it can't be delivered, TCP says so in time.
#[derive(Debug)]
pub struct Listener {
    /// The last time that it was told, in seconds since 1970; 0 before the first.
    told: u64,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Events,
    Frames(WebSocket),
}

impl Listener {
    /// Begins the answer to a request for `/events`. It says no length, so the end of the
    /// connection is its end (RFC 9112 §6.3).
    #[must_use]
    pub fn events(io: &mut Io, id: ConnId, request: &Request) -> Self {
        io.send(id, b"HTTP/1.1 200 OK\r\nDate: ");
        io.send(id, now().0.text());
        io.send(id, b"\r\nContent-Type: text/event-stream\r\n");
        // nginx would collect the events until they fill a buffer.
        io.send(id, b"Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n");
        io.send(id, b"Connection: close\r\n\r\n");
        if request.head().method == Method::Head {
            io.close(id);
        }
        Self::new(io, id, Way::Events)
    }

    /// One after the handshake for `/ws/broadcast-time`.
    #[must_use]
    pub fn frames(io: &mut Io, id: ConnId, socket: WebSocket) -> Self {
        Self::new(io, id, Way::Frames(socket))
    }

    fn new(io: &mut Io, id: ConnId, way: Way) -> Self {
        io.set_send_buffer(id, SEND_BUFFER);
        let mut listener = Self { told: 0, way };
        listener.on_timer(io, id);
        listener
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer): tells what is new. A
    /// timer may be early by a little, and then there is nothing.
    pub fn on_timer(&mut self, io: &mut Io, id: ConnId) {
        if io.is_full(id) {
            return io.abort(id); // it hasn't read for hours
        }
        let (date, next) = now();
        if self.told != date.seconds() {
            self.told = date.seconds();
            self.tell(io, id, date.text());
        }
        io.set_timer(id, 0, next);
    }

    // ANCHOR: tell
    fn tell(&self, io: &mut Io, id: ConnId, news: &[u8]) {
        match self.way {
            Way::Events => {
                io.send(id, b"data: ");
                io.send(id, news);
                io.send(id, b"\n\n");
            }
            Way::Frames(_) => send_frame(io, id, Opcode::Text, news),
        }
    }
    // ANCHOR_END: tell

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data). What it says is checked,
    /// and nothing comes of it.
    pub fn on_data(&mut self, io: &mut Io, id: ConnId, limits: &Limits, input: &mut Buffer) {
        match &mut self.way {
            Way::Events => input.consume(input.len()),
            Way::Frames(socket) => socket.on_data(io, id, limits, input, |_, _| {}),
        }
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop).
    pub fn on_stop(&mut self, io: &mut Io, id: ConnId) {
        match &mut self.way {
            Way::Events => io.close(id),
            Way::Frames(socket) => socket.on_stop(io, id),
        }
    }
}
