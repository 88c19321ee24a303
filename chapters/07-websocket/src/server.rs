//! The server: HTTP for its page, and WebSocket for whoever asks for `/ws`.

use std::time::Duration;

use http::{Call, Files, Http, Outcome, Reply, Request, Route, Site};
use reactor::{Buffer, Closed, ConnId, Handler, Io, ListenerId};

use crate::{Echo, Handshake, Limits, Memory, WebSocket};

/// What all connections share.
#[derive(Debug)]
pub struct Server {
    /// How much of a message is taken.
    pub limits: Limits,
    /// After so long without a sign of life a peer is sent a Ping. `None`: never.
    pub heartbeat: Option<Duration>,
    /// What the connections hold of their messages.
    pub memory: Memory,
    site: Site<Handshake>,
}

/// What one connection remembers: which protocol it speaks, and how far it is with that.
#[derive(Debug)]
pub enum Session {
    /// HTTP, as all of them begin.
    Http(Http),
    /// A connection behind its handshake, and what of its last message hasn't gone back.
    WebSocket(WebSocket, Echo),
}

impl Server {
    /// A server with these files, which agrees to this at `/ws`.
    #[must_use]
    pub fn new(files: Files, handshake: Handshake) -> Self {
        Self {
            limits: Limits::default(),
            heartbeat: Some(Duration::from_secs(30)),
            memory: Memory::default(),
            site: Site::new(files, vec![Route::any("/ws", upgrade)], handshake),
        }
    }

    #[inline(never)]
    fn on_http_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.site, input);
            self.after_http(io, id, session, &outcome);
        }
    }

    /// Changes the protocol, if a request has asked for that.
    fn after_http(&self, io: &mut Io, id: ConnId, session: &mut Session, outcome: &Outcome) {
        if let Outcome::Upgrade(request) = outcome {
            self.open(io, id, session, request);
        }
    }

    #[cold]
    fn open(&self, io: &mut Io, id: ConnId, session: &mut Session, request: &Request) {
        match self.site.state.check(&request.head()) {
            Ok(accepted) => {
                let socket = WebSocket::open(io, id, &accepted);
                *session = Session::WebSocket(socket, Echo::default());
                WebSocket::begin_heartbeat(io, id, self.heartbeat);
            }
            Err(_) => io.close(id), // the route has agreed, so this doesn't happen
        }
    }
}

/// Answers a request for `/ws`.
fn upgrade(handshake: &mut Handshake, call: &mut Call<'_>) -> Reply {
    match handshake.check(&call.head) {
        Ok(_) => Reply::Upgrade,
        Err(refusal) => refusal.response().into(),
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: ListenerId) -> Session {
        Session::Http(Http::open(io, id, &self.site))
    }

    #[inline]
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(_) = session {
            self.on_http_data(io, id, session, input);
        }
        // Frames may have come right behind the handshake: the same input goes on.
        if let Session::WebSocket(socket, echo) = session {
            socket.on_data(io, id, &self.limits, input, |io, part| {
                echo.add(io, id, part, &mut self.memory);
            });
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, _: &mut Buffer) {
        match session {
            Session::Http(http) => http.on_end(io, id),
            Session::WebSocket(..) => io.close(id), // without a Close: 1006
        }
    }

    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        if let Session::WebSocket(_, echo) = session {
            echo.flush(io, id, &mut self.memory);
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => {
                let outcome = http.on_timer(io, id, &mut self.site);
                self.after_http(io, id, session, &outcome);
            }
            Session::WebSocket(socket, _) => {
                if let Some(period) = self.heartbeat {
                    socket.on_timer(io, id, period);
                }
            }
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => http.on_end(io, id),
            Session::WebSocket(socket, _) => socket.on_stop(io, id),
        }
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, session: Session, _: Closed) {
        if let Session::WebSocket(_, echo) = session {
            echo.forget(&mut self.memory);
        }
    }
}
