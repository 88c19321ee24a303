//! How answers leave: how much of them, which is a connection's last, and what follows them.

use std::ops::ControlFlow;

use reactor::{ConnId, Io};

use super::patience::Due;
use super::session::{Http, Next, STOP, State};
use crate::response::FileRange;
use crate::{Connection, Head, Method, Response, Site, Status, Version};

use super::trace;

/// How an answer goes out. Its request decides that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    /// How much of it.
    pub extent: Extent,
    /// What it says of the connection, beside fields of its own.
    pub connection: Connection,
}

/// How much of an answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// The same head and no content: the request was HEAD (RFC 9110 §9.3.2).
    Head,
}

impl Delivery {
    // ANCHOR: of
    /// How the answer to this request goes out. Of a server that stops, it is the connection's last.
    #[inline]
    pub(crate) fn of(io: &Io, head: &Head<'_>) -> Self {
        Self {
            extent: match head.method {
                Method::Head => Extent::Head,
                _ => Extent::Whole,
            },
            connection: match (head.keep_alive() && !io.is_stopping(), head.version) {
                (false, _) => Connection::Close,
                (true, Version::Http10) => Connection::KeepAlive,
                (true, Version::Http11) => Connection::Unsaid,
            },
        }
    }
    // ANCHOR_END: of
}

impl Http {
    // ANCHOR: send
    /// Sends an answer; nothing follows where it says so.
    #[inline]
    pub(crate) fn send<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        response: &Response,
        how: Delivery,
    ) -> Next {
        let file = response.write(&mut site.out, &site.date, how);
        self.send_written(io, id, site, response.status(), file, how.connection)
    }

    /// Sends what has been written, and `file` behind it.
    #[inline]
    pub(crate) fn send_written<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        status: Status,
        file: Option<FileRange>,
        connection: Connection,
    ) -> Next {
        trace::response(io, id, status, &site.out, file.as_ref());
        site.send_out(io, id);
        if let Some((file, range)) = file {
            io.send_file(id, file, range);
        }
        if self.due != Due::Idle {
            self.due = Due::Unset;
        }
        self.answered = site.now;
        self.pending = 0;
        if connection == Connection::Close {
            self.state = State::Closed;
            io.close(id);
            return STOP;
        }
        ControlFlow::Continue(())
    }
    // ANCHOR_END: send

    /// The last answer, because nobody knows where the next request would begin. `unread` is what
    /// there is of its own.
    #[cold]
    pub(crate) fn give_up<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        response: &Response,
        unread: &[u8],
    ) {
        let wants_head = match &self.state {
            State::Body(unanswered) => unanswered.request.head().method == Method::Head,
            _ => unread.trim_ascii_start().starts_with(b"HEAD "),
        };
        let extent = if wants_head {
            Extent::Head
        } else {
            Extent::Whole
        };
        let connection = Connection::Close;
        let _ = self.send(io, id, site, response, Delivery { extent, connection });
    }
}
