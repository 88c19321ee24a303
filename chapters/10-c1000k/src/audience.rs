//! Who hears what is said to all.

use bytes::Bytes;
use http::Site;
use reactor::{Handler, LineEcho};
use websocket::{Opcode, Session, write_frame};

/// A handler whose connections may be told something unasked.
pub trait Audience: Handler {
    /// Whether all connections hear it, from their first moment on.
    const EVERYBODY: bool;

    /// Whether the connection with this session hears it now, if not all do.
    fn hears(session: &Self::Session) -> bool;

    /// The message `text` as its bytes on the wire. `None`: the protocol has no form for that.
    fn message(text: &str) -> Option<Bytes>;
}

impl Audience for LineEcho {
    const EVERYBODY: bool = true;

    fn hears(_: &Self::Session) -> bool {
        true
    }

    fn message(text: &str) -> Option<Bytes> {
        Some(Bytes::from(format!("{text}\n")))
    }
}

/// HTTP answers, and never begins: there is nothing that could be sent.
impl<S> Audience for Site<S>
where
    Self: Handler,
{
    const EVERYBODY: bool = false;

    fn hears(_: &Self::Session) -> bool {
        false
    }

    fn message(_: &str) -> Option<Bytes> {
        None
    }
}

impl Audience for websocket::Server {
    const EVERYBODY: bool = false;

    /// Not before the handshake: a frame would be taken for a part of the answer.
    fn hears(session: &Session) -> bool {
        matches!(session, Session::WebSocket(..))
    }

    fn message(text: &str) -> Option<Bytes> {
        let mut frame = Vec::new();
        write_frame(&mut frame, Opcode::Text, None, text.as_bytes());
        Some(Bytes::from(frame))
    }
}
