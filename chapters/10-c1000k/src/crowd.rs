//! Any handler, and one message to all its connections.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};

use bytes::Bytes;
use reactor::{Buffer, Closed, ConnId, ConnectorId, Handler, Io, Origin, Waker, WatchId};

use crate::Audience;

/// Connections that are told in one turn. Then those that have asked something get their answers.
const SHARE: usize = 1024;

/// Speaks to all connections of one loop, from any thread.
#[derive(Debug, Clone)]
pub struct Speaker {
    messages: Sender<Bytes>,
    waker: Waker,
}

impl Speaker {
    /// Sends `message`, as [`Audience::message`] makes it, to all who hear now. It is written once,
    /// and they share it.
    pub fn say(&self, message: Bytes) {
        // Without its loop there is no one left to be told.
        if self.messages.send(message).is_ok() {
            self.waker.wake();
        }
    }
}

/// A handler `H`, and what is said to all its connections.
#[derive(Debug)]
pub struct Crowd<H> {
    handler: H,
    messages: Receiver<Bytes>,
    waker: Waker,
    /// Those who hear, where not all do. Some of them may have gone.
    members: Vec<ConnId>,
    /// What is being said, and to whom it is still to be said.
    speech: Option<(Bytes, Vec<ConnId>)>,
}

impl<H: Audience> Crowd<H> {
    /// Around `handler`, whose loop is woken by `waker`.
    #[must_use]
    pub fn new(handler: H, waker: Waker) -> (Self, Speaker) {
        let (sender, messages) = mpsc::channel();
        let speaker = Speaker {
            messages: sender,
            waker: waker.clone(),
        };
        let crowd = Self {
            handler,
            messages,
            waker,
            members: Vec::new(),
            speech: None,
        };
        (crowd, speaker)
    }

    /// A connection hears from now on.
    fn join(&mut self, io: &Io, id: ConnId) {
        if self.members.len() > 2 * io.len() {
            self.members.retain(|&id| io.descriptor(id).is_some());
        }
        self.members.push(id);
    }

    // ANCHOR: speak
    /// Says what there is to say to the next of those who hear.
    fn speak(&mut self, io: &mut Io) {
        if self.speech.is_none()
            && let Ok(message) = self.messages.try_recv()
        {
            let all = if H::EVERYBODY {
                io.ids().collect()
            } else {
                self.members.clone()
            };
            self.speech = Some((message, all));
        }
        let Some((message, left)) = &mut self.speech else {
            return;
        };
        for id in left.drain(left.len().saturating_sub(SHARE)..) {
            io.send_shared(id, message.clone());
        }
        if left.is_empty() {
            self.speech = None;
        }
        self.waker.wake(); // there may be more to say, in the next turn
    }
    // ANCHOR_END: speak
}

impl<H: Audience> Handler for Crowd<H> {
    type Session = H::Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) -> H::Session {
        self.handler.on_open(io, id, origin)
    }

    #[inline]
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut H::Session, input: &mut Buffer) {
        let before = H::EVERYBODY || H::hears(session);
        self.handler.on_data(io, id, session, input);
        if !before && H::hears(session) {
            self.join(io, id);
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut H::Session, input: &mut Buffer) {
        self.handler.on_end(io, id, session, input);
    }

    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut H::Session) {
        self.handler.on_drain(io, id, session);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut H::Session, key: u8) {
        self.handler.on_timer(io, id, session, key);
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut H::Session) {
        self.handler.on_stop(io, id, session);
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, session: H::Session, why: Closed) {
        self.handler.on_close(io, id, session, why);
    }

    fn on_connect_failed(&mut self, io: &mut Io, connector: ConnectorId, error: io::Error) {
        self.handler.on_connect_failed(io, connector, error);
    }

    fn on_ready(&mut self, io: &mut Io, watch: WatchId, ready: nix::sys::epoll::EpollFlags) {
        self.handler.on_ready(io, watch, ready);
    }

    fn on_wake(&mut self, io: &mut Io) {
        self.speak(io);
        self.handler.on_wake(io);
    }
}
