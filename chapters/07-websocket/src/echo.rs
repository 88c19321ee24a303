//! The echo: each message goes back as it came, once all of it is there.
//!
//! ```text
//!              a part, not the last            its end                  all is sent
//!   Nothing ─────────────────────► Collecting ─────────────► Sending ───────────────► Nothing
//!      │                            ▲                           │
//!      │ a message in one part      └── a fragment is sent ─────┘
//!      └──► goes back from where it lies
//! ```
//!
//! Why not send each part back at once, and hold nothing? Many a client sends all of its message
//! before it reads. Its answer would fill the buffers between, the server would stop reading, and
//! both would wait for each other. So a message is collected, and goes out bit by bit as the client
//! reads.
//!
//! That is memory in the hands of strangers: all connections together have only so much of it
//! ([`Memory`]). When that is used up, a connection that holds much sends it as a fragment, and goes on.

mod chunks;

use reactor::{ConnId, Io};

use self::chunks::{Chunks, Spare};
use crate::connection::trace;
use crate::deflate::{Deflation, Outgoing};
use crate::{Opcode, Part, send_frame, send_header};

/// What a connection may hold in any case, in bytes.
const FREE: usize = 128 * 1024;

/// What the connections of a server hold of their messages.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    held: usize,
    spare: Spare,
}

impl Memory {
    /// They may hold `limit` bytes together, and each of them 128 KiB besides.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            held: 0,
            spare: Spare::default(),
        }
    }

    /// How many bytes they hold now.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.held
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(64 * 1024 * 1024)
    }
}

/// What of a connection's message hasn't gone back yet.
#[derive(Debug, Default)]
pub struct Echo(Option<Box<Held>>);

#[derive(Debug)]
struct Held {
    bytes: Chunks,
    /// What its next frame begins with: the message's opcode, or that of a continuation.
    opcode: Opcode,
    form: Form,
    state: State,
}

/// How a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Its first fragment will decide that.
    Open,
    /// As it is: each fragment's header says its length, and the bytes follow as the client reads.
    Plain,
    /// Compressed: only then is a fragment's length known, so each chunk is one.
    Deflated,
}

/// Chunks that are compressed in one turn, of 64 KiB each: then others have theirs.
const TURN: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Collecting,
    /// A frame has begun, and the rest of it follows as the client reads. As long as that lasts,
    /// the output is full, so nothing can come between.
    Sending {
        /// Whether the message ends with it.
        last: bool,
    },
}

impl Echo {
    /// Takes a part of a message, and sends the message back when it is the last one.
    #[inline]
    pub fn add(&mut self, io: &mut Io, id: ConnId, part: Part<'_>, memory: &mut Memory) {
        if self.0.is_none() && part.last {
            send_frame(io, id, part.kind.opcode(), part.bytes);
        } else {
            self.hold(io, id, part, memory, None);
        }
    }

    /// The same where messages may be compressed.
    pub fn add_compressed(
        &mut self,
        io: &mut Io,
        id: ConnId,
        part: Part<'_>,
        memory: &mut Memory,
        (mut outgoing, shared): (Outgoing<'_>, &mut Deflation),
    ) {
        if self.0.is_none() && part.last {
            outgoing.send(io, id, (part.kind, part.bytes), shared);
        } else {
            self.hold(io, id, part, memory, Some((outgoing, shared)));
        }
    }

    /// Whether a message is on its way out: nothing may come between, and no other may begin.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        let state = self.0.as_ref().map(|held| held.state);
        matches!(state, Some(State::Sending { .. }))
    }

    #[inline(never)]
    // ANCHOR: hold
    fn hold(
        &mut self,
        io: &mut Io,
        id: ConnId,
        part: Part<'_>,
        memory: &mut Memory,
        mut deflate: Option<(Outgoing<'_>, &mut Deflation)>,
    ) {
        let held = self.0.get_or_insert_with(|| {
            Box::new(Held {
                bytes: Chunks::default(),
                opcode: part.kind.opcode(),
                form: Form::Open,
                state: State::Collecting,
            })
        });
        held.bytes.extend(part.bytes, &mut memory.spare);
        memory.held += part.bytes.len();
        let too_much = held.bytes.len() >= FREE && memory.held >= memory.limit;
        if part.last || too_much {
            if held.form == Form::Open {
                // If it isn't the last, bytes may be added before it is gone: a plain header couldn't say how many.
                let pays = deflate.as_mut().is_some_and(|(out, shared)| {
                    !part.last || out.pays(held.bytes.front(), shared)
                });
                held.form = if pays { Form::Deflated } else { Form::Plain };
            }
            if held.form == Form::Plain {
                let (opcode, length) = (held.opcode, held.bytes.len());
                trace::output(io, id, opcode, part.last, length, held.bytes.front());
                send_header(io, id, opcode, part.last, length);
                held.opcode = Opcode::Continuation;
            }
            held.state = State::Sending { last: part.last };
            match deflate {
                Some((outgoing, shared)) => self.flush_compressed(io, id, memory, outgoing, shared),
                None => self.flush(io, id, memory),
            }
        } else {
            io.hold(id, held.bytes.held());
        }
    }
    // ANCHOR_END: hold

    /// As [`Self::flush`], where messages may be compressed.
    pub fn flush_compressed(
        &mut self,
        io: &mut Io,
        id: ConnId,
        memory: &mut Memory,
        mut outgoing: Outgoing<'_>,
        shared: &mut Deflation,
    ) {
        let Some(held) = self.0.as_mut().filter(|held| held.form == Form::Deflated) else {
            return self.flush(io, id, memory);
        };
        let State::Sending { last } = held.state else {
            return;
        };
        for _ in 0..TURN {
            if io.is_full(id) {
                break; // until on_drain
            }
            let chunk = held.bytes.take().unwrap_or_default();
            let ends = held.bytes.len() == 0;
            outgoing.send_fragment(io, id, held.opcode, (&chunk, last && ends), shared);
            held.opcode = Opcode::Continuation;
            memory.held -= chunk.len();
            memory.spare.keep(chunk);
            if ends {
                io.hold(id, held.bytes.held());
                return self.sent(last);
            }
        }
        io.hold(id, held.bytes.held());
    }

    /// All that was to be sent has been.
    fn sent(&mut self, last: bool) {
        match &mut self.0 {
            Some(held) if !last => held.state = State::Collecting,
            _ => self.0 = None,
        }
    }

    /// Sends what there is to be sent, as far as the output isn't full. To be called from
    /// [`Handler::on_drain`](reactor::Handler::on_drain), too.
    pub fn flush(&mut self, io: &mut Io, id: ConnId, memory: &mut Memory) {
        let Some(held) = &mut self.0 else { return };
        let State::Sending { last } = held.state else {
            return;
        };
        while !io.is_full(id)
            && let Some(chunk) = held.bytes.take()
        {
            io.send(id, &chunk);
            memory.held -= chunk.len();
            memory.spare.keep(chunk);
        }
        io.hold(id, held.bytes.held());
        if held.bytes.len() > 0 {
            return;
        }
        self.sent(last);
    }

    /// The connection is gone, and what it held.
    pub fn forget(self, memory: &mut Memory) {
        memory.held -= self.0.map_or(0, |held| held.bytes.len());
    }
}
