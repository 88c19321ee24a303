//! The server: two listeners, one room.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session.rs`, `page.rs` | what one connection remembers |
//! | `members.rs`, `door.rs` | what members do, and what they may |
//! | `broadcast.rs`, `turn.rs` | one connection writes to others |
//! | `talk.rs`, `pace.rs`, `silence.rs` | no member holds up the others, and none is forgotten |
//! | `shares.rs`, `arrivals.rs` | nor do many members, whether they speak or only come and go |

mod arrivals;
mod broadcast;
mod door;
mod members;
mod pace;
mod page;
mod session;
mod shares;
mod silence;
mod talk;
mod turn;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use http::{Call, Files, Hosts, Http, Outcome, Reply, Route, Site};
use reactor::{Buffer, Closed, ConnId, Handler, Io, ListenerId, Origin, Reactor, Signals};
use websocket::deflate::{Compression, Policy, Takeover, Window};
use websocket::{Accepted, Handshake, WebSocket};

pub use self::broadcast::MAX_WAITING;
pub use self::door::{limits, listen};
use self::members::Members;
pub use self::pace::Pace;
pub use self::page::Page;
pub use self::session::Session;
pub use self::shares::ROOM_PACE;
pub use self::silence::{Silence, Step};
pub use self::talk::Talk;
use crate::{Farewell, LineReader, Room, Seat, Why};

/// A line goes to all members, so it is compressed once for all of them: on its own, since what each
/// has in its window is another matter. So a member costs nothing while nothing is said.
const ALONE: Policy = Policy {
    server: Window::LARGEST,
    client: Window::LARGEST,
    takeover: Takeover::Reset,
};

/// What all connections share.
#[derive(Debug)]
pub struct Server {
    members: Members,
    compression: Compression,
    site: Site<Handshake, Accepted>,
    /// Where pages are asked for, and WebSocket; the other listener is for lines.
    web: Option<ListenerId>,
}

impl Server {
    /// A server of this room, with these files, which agrees to this where WebSocket is spoken.
    #[must_use]
    pub fn new(room: Room<Seat>, files: Files, handshake: Handshake, idle: Duration) -> Self {
        let routes = vec![Route::any("/ws", upgrade)];
        Self {
            members: Members::new(room, idle),
            compression: Compression::new(Some(ALONE), 0),
            site: Site::new(files, routes, handshake),
            web: None,
        }
    }

    /// Compresses nothing, whatever clients offer.
    pub fn compress_nothing(&mut self) {
        self.compression = Compression::new(None, 0);
    }

    /// Lets itself be called by these names; by any, unless this says otherwise.
    pub fn be_called(&mut self, hosts: Hosts) {
        self.site.hosts = hosts;
    }

    /// All members together may say so many KiB to all in a second, and one address half as many;
    /// [`ROOM_PACE`], unless this says otherwise.
    pub fn set_pace(&mut self, kib: u32) {
        self.members.set_pace(kib);
    }

    /// Serves lines at the first listener and the web at the second, until a signal comes.
    ///
    /// # Errors
    /// If epoll or a listener is unusable.
    pub fn run(
        mut self,
        [lines, web]: [TcpListener; 2],
        signals: Signals,
        limits: reactor::Limits,
    ) -> io::Result<()> {
        // A crowd at one door leaves room for those at the other.
        let most = limits.connections - limits.connections / 4;
        let mut reactor = Reactor::new(limits)?;
        reactor.add_listener_for(lines, most)?;
        self.web = Some(reactor.add_listener_for(web, most)?);
        reactor.stop_on(signals)?;
        reactor.run(&mut self)
    }

    #[inline(never)]
    fn on_http_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.site, input);
            self.after_http(io, id, session, outcome);
        }
    }

    /// Changes the protocol, if a request has asked for that.
    fn after_http(
        &mut self,
        io: &mut Io,
        id: ConnId,
        session: &mut Session,
        outcome: Outcome<Accepted>,
    ) {
        if let Outcome::Upgrade(request, mut accepted) = outcome {
            accepted.compression = self.compression.agree(&request.head());
            let socket = WebSocket::open(io, id, &accepted);
            let page = Page::join(io, id, socket, &mut self.members);
            *session = Session::Page(Box::new(page));
        }
    }
}

/// Answers a request for WebSocket.
fn upgrade(handshake: &mut Handshake, call: &mut Call<'_>) -> Reply<Accepted> {
    match handshake.check(&call.head) {
        Ok(accepted) => Reply::Upgrade(accepted),
        Err(refusal) => refusal.response().into(),
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) -> Session {
        if self.web.map(Origin::Listener) == Some(origin) {
            return Session::Http(Http::open(io, id, &self.site));
        }
        Session::Lines(
            LineReader::default(),
            self.members.join(io, Seat::lines(id)),
        )
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(_) = session {
            self.on_http_data(io, id, session, input);
        }
        // Frames may have arrived right after the handshake: the same input goes on.
        match session {
            Session::Lines(reader, talk) => self.members.on_lines(io, id, (reader, talk), input),
            Session::Page(page) => {
                let inflation = &mut self.compression.inflation;
                page.on_data(io, id, &mut self.members, inflation, input);
            }
            Session::Http(_) => {}
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        match session {
            Session::Http(http) => return http.on_end(io, id),
            Session::Lines(reader, talk) => {
                self.members.on_last_line(io, id, (reader, talk), input);
            }
            Session::Page(page) => self.members.leave(io, page.seat(id), Why::Lost), // without a Close: 1006
        }
        io.close(id);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        match session {
            Session::Lines(_, talk) => self.members.on_timer(io, Seat::lines(id), talk, key),
            Session::Page(page) => {
                let seat = page.seat(id);
                self.members.on_timer(io, seat, page.talk(), key);
            }
            Session::Http(http) => {
                let outcome = http.on_timer(io, id, &mut self.site, key);
                self.after_http(io, id, session, outcome);
            }
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        if let Session::Http(http) = session {
            return http.on_stop(io, id, &mut self.site);
        }
        if let Some(seat) = session.seat(id)
            && self.members.has(seat)
        {
            io.send(id, &seat.protocol.last_words(Farewell::Stop));
            io.close(id);
        }
    }

    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => http.on_over_limit(io, id, &mut self.site),
            Session::Lines(..) | Session::Page(_) => {
                if let Some(seat) = session.seat(id) {
                    self.members
                        .put_out(io, seat, Why::TooSlow, Farewell::TooSlow);
                }
            }
        }
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, session: Session, why: Closed) {
        if let Session::Page(page) = &session {
            page.forget(&mut self.members);
        }
        // Of a server that goes down all leave, and none has to be told.
        if io.is_stopping() {
            return;
        }
        if let Some(seat) = session.seat(id) {
            let why = match why {
                Closed::Finished => Why::Quit,
                _ => Why::Lost,
            };
            self.members.leave(io, seat, why);
        }
    }
}
