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
    state: State,
}

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
            self.hold(io, id, part, memory);
        }
    }

    #[inline(never)]
    // ANCHOR: hold
    fn hold(&mut self, io: &mut Io, id: ConnId, part: Part<'_>, memory: &mut Memory) {
        let held = self.0.get_or_insert_with(|| {
            Box::new(Held {
                bytes: Chunks::default(),
                opcode: part.kind.opcode(),
                state: State::Collecting,
            })
        });
        held.bytes.extend(part.bytes, &mut memory.spare);
        memory.held += part.bytes.len();
        let too_much = held.bytes.len() >= FREE && memory.held >= memory.limit;
        if part.last || too_much {
            let (opcode, length) = (held.opcode, held.bytes.len());
            trace::output(io, id, opcode, part.last, length, held.bytes.front());
            send_header(io, id, opcode, part.last, length);
            held.opcode = Opcode::Continuation;
            held.state = State::Sending { last: part.last };
            self.flush(io, id, memory);
        } else {
            io.hold(id, held.bytes.held());
        }
    }
    // ANCHOR_END: hold

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
        if last {
            self.0 = None;
        } else {
            held.state = State::Collecting;
        }
    }

    /// The connection is gone, and what it held.
    pub fn forget(self, memory: &mut Memory) {
        memory.held -= self.0.map_or(0, |held| held.bytes.len());
    }
}
