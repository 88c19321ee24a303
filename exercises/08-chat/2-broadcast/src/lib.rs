//! # 08-2 One line for many
//!
//! Up to chapter 07 a connection is answered, and others don't notice. In a chat room one connection writes to
//! all: what a member says goes to everybody, and somebody among them doesn't read. Document 004 sends to one
//! member after another (bug B106 in the book): with blocking sockets all wait for the slowest, with others the
//! slow one loses lines, and nobody is told.
//!
//! This room stands on chapter 05's reactor. Joining and finding lines are given. Write `say` and `leave`:
//!
//! - What a member says goes to each member, its sender too, as `format` makes it. `format` is called once for
//!   each line, however many members there are.
//! - Nobody waits for anybody. A member whose waiting output would be more than [`LIMIT`] with a line is put out
//!   of the room instead of getting it: behind all that waits for it, it is sent [`TOO_SLOW`], and its connection is
//!   closed. It loses none of the lines before, and there is none after.
//! - The others are told: `- member 2 left (too slow)`. Who leaves otherwise, has left: `- member 2 left`. They are
//!   told once, however often its connection ends.
//! - A line that tells them is a line like any other: it, too, may be too much for somebody.
//! - The sender may be the one who is put out. What else it has sent is not said any more.
//!
//! A member that reads late, but in time, stays and gets every line.
//!
//! What the reactor offers (`cargo doc -p ch05-reactor --open`, or the comments in its `io.rs`):
//!
//! - `io.send(id, bytes)` queues, and never waits or fails. To an id that is gone or closed, it does nothing.
//! - `io.pending_output(id)`: how many bytes are queued that the socket hasn't taken.
//! - `io.close(id)` closes when all that is queued has been sent. No more callbacks come but `on_close`.
//! - `io.abort(id)` cuts at once: what is queued is lost.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpListener;

use reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin, Reactor};

/// Bytes that may wait for one member.
pub const LIMIT: u64 = 128 * 1024;

/// What a member is told that is put out.
pub const TOO_SLOW: &[u8] = b"! you read too slowly\n";

/// Serves a room. `format` makes the line that is sent of a member's number and of what it has said.
///
/// # Errors
///
/// If epoll or the listener has become unusable.
pub fn serve<F: FnMut(u32, &[u8]) -> Vec<u8>>(listener: TcpListener, format: F) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut room = Room {
        members: BTreeMap::new(),
        joined: 0,
        format,
    };
    let mut reactor = Reactor::new(Limits::default())?;
    reactor.add_listener(listener)?;
    reactor.run(&mut room)
}

/// Who is here.
struct Room<F> {
    /// Each member's number.
    members: BTreeMap<ConnId, u32>,
    /// How many there have been.
    joined: u32,
    format: F,
}

impl<F: FnMut(u32, &[u8]) -> Vec<u8>> Room<F> {
    /// The connection `from` has brought a line; `text` is without its LF.
    fn say(&mut self, io: &mut Io, from: ConnId, text: &[u8]) {
        let line = (self.format)(self.members[&from], text);
        let waiting = io.pending_output(from);
        todo!(
            "{} bytes for everybody; for the sender, {waiting} wait",
            line.len()
        )
    }

    /// The connection `id` is gone.
    fn leave(&mut self, io: &mut Io, id: ConnId) {
        if let Some(number) = self.members.remove(&id) {
            todo!(
                "tell it to those of the {} that are members: {number} left",
                io.len()
            );
        }
    }
}

impl<F: FnMut(u32, &[u8]) -> Vec<u8>> Handler for Room<F> {
    type Session = ();

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) {
        self.joined += 1;
        self.members.insert(id, self.joined);
        io.send(id, format!("- you are member {}\n", self.joined).as_bytes());
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        while let Some(end) = input.iter().position(|&byte| byte == b'\n') {
            self.say(io, id, &input[..end]);
            input.consume(end + 1);
        }
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, (): (), _: Closed) {
        self.leave(io, id);
    }
}
