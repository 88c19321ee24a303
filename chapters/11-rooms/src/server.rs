//! The server: connections, and a room that changes only by its log.
//!
//! ```text
//!   a line arrives ──► submit ──► (the log) ──► apply ──► tell this server's members
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `json.rs` | what one connection remembers, and what a page sends |
//! | `door.rs` | who may come in by the web, and what a balancer asks |
//! | `seats.rs` | which connection is whose |
//! | `apply.rs` | what comes of the log's entries |

mod apply;
mod door;
mod json;
mod seats;
mod session;

use std::io;
use std::net::TcpListener;

use chat::{Farewell, Protocol, limits};
use http::{Files, Hosts, Http, Outcome, Route, Site};
use reactor::{Buffer, Closed, ConnId, Handler, Io, ListenerId, Origin, Reactor, Signals, Waker};
use websocket::{Handshake, WebSocket};

use self::apply::House;
pub use self::door::{Door, Resume};
use self::session::Page;
pub use self::session::Session;
use crate::{Log, Reason};

/// What all connections share.
#[derive(Debug)]
pub struct Server {
    house: House,
    site: Site<Door, Resume>,
    /// Where pages are asked for, and WebSocket; the other listener is for lines.
    web: Option<ListenerId>,
}

impl Server {
    /// A server of the room of this log, which is woken by `waker` when the log has news.
    #[must_use]
    pub fn new(log: Log, files: Files, handshake: Handshake, waker: Waker) -> Self {
        let routes = vec![
            Route::any("/ws", door::upgrade),
            Route::any("/healthz", door::health),
            Route::any("/readyz", door::readiness),
            Route::any("/connection.js", door::connection),
        ];
        Self {
            house: House::new(log, waker),
            site: Site::new(files, routes, Door::new(handshake)),
            web: None,
        }
    }

    /// Lets itself be called by these names; by any, unless this says otherwise.
    pub fn be_called(&mut self, hosts: Hosts) {
        self.site.hosts = hosts;
    }

    /// Serves lines at the first listener and the web at the second, until a signal comes.
    ///
    /// # Errors
    /// If epoll or a listener is unusable.
    pub fn run(
        mut self,
        [lines, web]: [TcpListener; 2],
        signals: Signals,
        waker: Waker,
    ) -> io::Result<()> {
        waker.wake(); // for what the log has to tell already
        let mut reactor = Reactor::with_waker(limits(), waker)?;
        reactor.add_listener(lines)?;
        self.web = Some(reactor.add_listener(web)?);
        reactor.stop_on(signals)?;
        reactor.run(&mut self)
    }

    /// Applies what the log has brought.
    fn catch_up(&mut self, io: &mut Io) {
        self.house.catch_up(io);
        self.site.state.ready = self.house.is_ready();
    }

    /// Takes lines of the line port, as long as their member may speak.
    fn on_lines(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        let Session::Lines(reader, seat, pace) = session else {
            return;
        };
        while !input.is_empty() {
            if self.house.must_wait(io, id, *seat, pace) {
                return;
            }
            let Some(line) = reader.next(input) else {
                return;
            };
            if reader.is_http(&line) {
                io.send(id, &Protocol::Lines.last_words(Farewell::Http));
                io.close(id);
                return input.clear();
            }
            pace.spend(io.now(), line.as_ref().map_or(0, |line| line.len()));
            self.house.hear(io, *seat, None, line.as_ref().copied());
            self.catch_up(io);
        }
    }

    fn on_web(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.site, input);
            self.after_http(io, id, session, outcome);
        }
        // Frames may have arrived right after the handshake: the same input goes on.
        if let Session::Page(page) = session {
            page.on_data(io, id, &mut self.house, input);
            self.catch_up(io);
        }
    }

    /// Changes the protocol, if a request has asked for that.
    fn after_http(
        &mut self,
        io: &mut Io,
        id: ConnId,
        session: &mut Session,
        outcome: Outcome<Resume>,
    ) {
        if let Outcome::Upgrade(_, resume) = outcome {
            let socket = WebSocket::open(io, id, &resume.accepted);
            WebSocket::begin_heartbeat(io, id, Some(session::HEARTBEAT));
            let seat = self.house.come(io, id, Protocol::Json, &resume);
            *session = Session::Page(Box::new(Page::new(socket, seat)));
            self.catch_up(io);
        }
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) -> Session {
        if self.web.map(Origin::Listener) == Some(origin) {
            return Session::Http(Http::open(io, id, &self.site));
        }
        let seat = self.house.come_new(io, id, Protocol::Lines);
        self.catch_up(io);
        Session::lines(seat)
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        match session {
            Session::Lines(..) => self.on_lines(io, id, session, input),
            Session::Http(_) | Session::Page(_) => self.on_web(io, id, session, input),
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        match session {
            Session::Http(http) => return http.on_end(io, id),
            Session::Lines(reader, seat, _) => {
                if let Some(line) = reader.rest(input) {
                    self.house.hear(io, *seat, None, line.as_ref().copied());
                }
                self.house.go(*seat, Reason::Quit);
            }
            Session::Page(page) => self.house.go(page.seat(), Reason::Lost),
        }
        io.close(id);
        self.catch_up(io);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        match session {
            Session::Lines(..) => io.resume(id),
            Session::Page(page) => page.on_timer(io, id, key),
            Session::Http(http) => {
                let outcome = http.on_timer(io, id, &mut self.site, key);
                self.after_http(io, id, session, outcome);
            }
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        let protocol = match session {
            Session::Http(http) => return http.on_stop(io, id, &mut self.site),
            Session::Lines(..) => Protocol::Lines,
            Session::Page(_) => Protocol::Json,
        };
        io.send(id, &protocol.last_words(Farewell::Stop));
        io.close(id);
    }

    fn on_close(&mut self, io: &mut Io, _: ConnId, session: Session, why: Closed) {
        // Members of a server that goes down come back elsewhere; those that don't leave with it.
        if io.is_stopping() {
            return;
        }
        if let Some(seat) = session.seat() {
            let why = match why {
                Closed::Finished => Reason::Quit,
                _ => Reason::Lost,
            };
            self.house.go(seat, why);
            self.catch_up(io);
        }
    }

    fn on_wake(&mut self, io: &mut Io) {
        self.catch_up(io);
    }
}
