//! The server: HTTP for its page, and WebSocket for clients that ask for it.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use http::{Call, Files, Hosts, Http, Method, Outcome, Reply, Request, Route, Site};
use reactor::{Buffer, Closed, ConnId, Handler, Io, Origin};

use crate::deflate::Compression;
use crate::pages::{Logins, Shared, long_poll, phone, poll};
use crate::{Accepted, Echo, Handshake, Limits, Listener, Login, Memory, Progress, WebSocket};

/// What a request's connection becomes.
#[derive(Debug)]
enum Upgrade {
    /// Server-Sent Events.
    Events,
    /// A WebSocket whose messages come back.
    Echo(Accepted),
    /// A WebSocket that is told the time.
    Time(Accepted),
    /// A WebSocket of a page that waits for a login.
    Login(Accepted),
}

/// What all connections share.
#[derive(Debug)]
pub struct Server {
    /// How much of a message is taken.
    pub limits: Limits,
    /// After so long without a sign of life a peer is sent a Ping. `None`: never.
    pub heartbeat: Option<Duration>,
    /// What the connections hold of their messages.
    pub memory: Memory,
    /// What they are compressed with.
    pub compression: Compression,
    site: Site<Shared, Upgrade>,
}

// ANCHOR: session
/// What one connection remembers: which protocol it speaks, and how far it is with that.
#[derive(Debug)]
pub enum Session {
    /// HTTP, as all of them begin.
    Http(Http),
    /// A connection after its handshake, and what of its last message hasn't gone back.
    WebSocket(WebSocket, Echo),
    /// A connection on which only this side speaks. Boxed, as the other kinds need less room.
    Listener(Box<Listener>),
    /// A page that shows a code, and waits for a phone to confirm it.
    Login(Box<Login>),
}
// ANCHOR_END: session

impl Server {
    /// A server with these files, which agrees to this where WebSocket is spoken.
    #[must_use]
    pub fn new(files: Files, handshake: Handshake) -> Self {
        let routes = vec![
            Route::any("/ws", |shared, call| upgrade(shared, call, Upgrade::Echo)),
            Route::new(Method::Get, "/poll", poll),
            Route::new(Method::Get, "/long-poll", long_poll),
            Route::new(Method::Get, "/events", |_, _| {
                Reply::Upgrade(Upgrade::Events)
            }),
            Route::any("/ws/broadcast-time", |shared, call| {
                upgrade(shared, call, Upgrade::Time)
            }),
            Route::any("/ws/login", |shared, call| {
                upgrade(shared, call, Upgrade::Login)
            }),
            Route::new(Method::Post, "/login/look", phone::look).taking(phone::FORM),
            Route::new(Method::Post, "/login/confirm", phone::confirm).taking(phone::FORM),
            Route::new(Method::Post, "/login/decline", phone::decline).taking(phone::FORM),
        ];
        let shared = Shared {
            handshake,
            logins: None,
        };
        Self {
            limits: Limits::default(),
            heartbeat: Some(Duration::from_secs(30)),
            memory: Memory::default(),
            compression: Compression::default(),
            site: Site::new(files, routes, shared),
        }
    }

    /// Lets itself be called by these names; by any, unless this says otherwise.
    pub fn be_called(&mut self, hosts: Hosts) {
        self.site.hosts = hosts;
    }

    /// Lets pages log in by a code, which is good for `life`. Each server knows only its own codes:
    /// this is for one that has no others beside it.
    ///
    /// # Errors
    /// If `/dev/urandom` can't be opened.
    pub fn give_out_codes(&mut self, life: Duration) -> io::Result<()> {
        self.site.state.logins = Some(Logins::open(life)?);
        Ok(())
    }

    #[inline(never)]
    fn on_http_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.site, input);
            self.after_http(io, id, session, outcome);
        }
    }

    // ANCHOR: after_http
    /// Changes the protocol, if a request has asked for that.
    fn after_http(
        &mut self,
        io: &mut Io,
        id: ConnId,
        session: &mut Session,
        outcome: Outcome<Upgrade>,
    ) {
        if let Outcome::Upgrade(request, to) = outcome {
            *session = self.open(io, id, &request, to);
        }
    }

    #[cold]
    fn open(&mut self, io: &mut Io, id: ConnId, request: &Request, to: Upgrade) -> Session {
        match to {
            Upgrade::Events => Session::Listener(Box::new(Listener::events(io, id, request))),
            Upgrade::Echo(mut accepted) => {
                accepted.compression = self.compression.agree(&request.head());
                let socket = WebSocket::open(io, id, &accepted);
                WebSocket::begin_heartbeat(io, id, self.heartbeat);
                Session::WebSocket(socket, Echo::default())
            }
            Upgrade::Time(accepted) => {
                let socket = WebSocket::open(io, id, &accepted);
                Session::Listener(Box::new(Listener::frames(io, id, socket)))
            }
            Upgrade::Login(accepted) => {
                let socket = WebSocket::open(io, id, &accepted);
                let logins = self.site.state.logins.as_mut();
                let login = Login::open(io, id, socket, &request.head(), logins);
                Session::Login(Box::new(login))
            }
        }
    }
    // ANCHOR_END: after_http

    /// Input has arrived on a WebSocket whose messages may be compressed, or its turn to go on has
    /// come. Whether there is more to do once the others have had theirs.
    #[inline(never)]
    fn on_compressed_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (socket, echo): (&mut WebSocket, &mut Echo),
        input: &mut Buffer,
    ) -> Progress {
        let (memory, compression) = (&mut self.memory, &mut self.compression);
        let shared = &mut compression.deflation;
        if echo.is_sending() {
            socket.with_outgoing(|out| echo.flush_compressed(io, id, memory, out, shared));
            if echo.is_sending() {
                return Progress::More;
            }
        }
        let inflation = (&self.limits, &mut compression.inflation);
        let progress = socket.on_data_inflating(io, id, inflation, input, |io, part, out| {
            echo.add_compressed(io, id, part, memory, (out, &mut *shared));
            if echo.is_sending() {
                return ControlFlow::Break(()); // what comes next waits until that is sent
            }
            ControlFlow::Continue(())
        });
        if echo.is_sending() {
            Progress::More
        } else {
            progress
        }
    }
}

/// Answers a request for WebSocket: by changing the protocol to what `to` makes of the handshake, or
/// by a refusal.
fn upgrade(
    shared: &mut Shared,
    call: &mut Call<'_>,
    to: impl FnOnce(Accepted) -> Upgrade,
) -> Reply<Upgrade> {
    match shared.handshake.check(&call.head) {
        Ok(accepted) => Reply::Upgrade(to(accepted)),
        Err(refusal) => refusal.response().into(),
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Session {
        Session::Http(Http::open(io, id, &self.site))
    }

    #[inline]
    // ANCHOR: on_data
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(_) = session {
            self.on_http_data(io, id, session, input);
        }
        // Frames may have arrived right after the handshake: the same input goes on.
        if let Session::WebSocket(socket, echo) = session {
            if socket.agreement().is_some() {
                let progress = self.on_compressed_data(io, id, (socket, echo), input);
                match progress {
                    Progress::More => io.resume(id),
                    Progress::Done if io.has_ended(id) => io.close(id),
                    Progress::Done => {}
                }
                return;
            }
            socket.on_data(io, id, &self.limits, input, |io, part| {
                echo.add(io, id, part, &mut self.memory);
            });
        } else if let Session::Listener(listener) = session {
            listener.on_data(io, id, &self.limits, input);
        } else if let Session::Login(login) = session {
            let logins = self.site.state.logins.as_mut();
            login.on_data(io, id, &self.limits, input, logins);
        }
    }
    // ANCHOR_END: on_data

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        match session {
            // What has come isn't forgotten because it needs several turns.
            Session::WebSocket(socket, echo) if socket.agreement().is_some() => {
                match self.on_compressed_data(io, id, (socket, echo), input) {
                    Progress::More => io.resume(id),
                    Progress::Done => io.close(id),
                }
            }
            Session::Http(http) => http.on_end(io, id),
            // Of a WebSocket, without a Close: 1006.
            Session::WebSocket(..) | Session::Listener(_) => io.close(id),
            Session::Login(login) => {
                login.leave(io, id, self.site.state.logins.as_mut());
                io.close(id);
            }
        }
    }

    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        if let Session::WebSocket(socket, echo) = session {
            if socket.agreement().is_some() {
                return io.resume(id); // `on_data` sends what is left
            }
            echo.flush(io, id, &mut self.memory);
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        match session {
            Session::Http(http) => {
                let outcome = http.on_timer(io, id, &mut self.site, key);
                self.after_http(io, id, session, outcome);
            }
            Session::WebSocket(socket, _) => {
                if let Some(period) = self.heartbeat {
                    socket.on_timer(io, id, period);
                }
            }
            Session::Listener(listener) => listener.on_timer(io, id),
            Session::Login(login) => {
                login.on_timer(io, id, key, self.site.state.logins.as_mut());
            }
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => http.on_stop(io, id, &mut self.site),
            Session::WebSocket(socket, _) => socket.on_stop(io, id),
            Session::Listener(listener) => listener.on_stop(io, id),
            Session::Login(login) => login.on_stop(io, id),
        }
    }

    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => http.on_over_limit(io, id, &mut self.site),
            Session::WebSocket(socket, echo) => {
                std::mem::take(echo).forget(&mut self.memory);
                io.hold(id, 0);
                socket.on_over_limit(io, id);
            }
            // They hold nothing but output that isn't read.
            Session::Listener(_) | Session::Login(_) => io.abort(id),
        }
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, session: Session, _: Closed) {
        match session {
            Session::WebSocket(socket, echo) => {
                echo.forget(&mut self.memory);
                self.compression.forget(socket.agreement());
            }
            Session::Login(mut login) => login.leave(io, id, self.site.state.logins.as_mut()),
            Session::Http(_) | Session::Listener(_) => {}
        }
    }
}
