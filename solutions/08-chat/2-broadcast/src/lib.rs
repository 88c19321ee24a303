//! Queue for everybody, wait for nobody, and put out whose queue grows too long.

use std::collections::{BTreeMap, VecDeque};
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
        // An earlier line of the same input may have been one too many for its own sender.
        let Some(&number) = self.members.get(&from) else {
            return;
        };
        let line = (self.format)(number, text);
        self.tell(io, line);
    }

    /// The connection `id` is gone.
    fn leave(&mut self, io: &mut Io, id: ConnId) {
        // Who was put out has left already.
        if let Some(number) = self.members.remove(&id) {
            self.tell(io, left(number, ""));
        }
    }

    /// Sends a line to everybody, and then the lines about those for whom it was too much.
    fn tell(&mut self, io: &mut Io, line: Vec<u8>) {
        let mut lines = VecDeque::from([line]);
        while let Some(line) = lines.pop_front() {
            let slow = self.send(io, &line);
            // After the walk: so everybody hears the line first, and then who has left.
            for id in slow {
                if let Some(number) = self.members.remove(&id) {
                    io.send(id, TOO_SLOW);
                    io.close(id);
                    lines.push_back(left(number, " (too slow)"));
                }
            }
        }
    }

    /// Sends a line to all who have room for it, and returns the others.
    fn send(&self, io: &mut Io, line: &[u8]) -> Vec<ConnId> {
        let mut slow = Vec::new();
        for &id in self.members.keys() {
            if io.pending_output(id) + line.len() as u64 > LIMIT {
                slow.push(id);
            } else {
                io.send(id, line);
            }
        }
        slow
    }
}

fn left(number: u32, why: &str) -> Vec<u8> {
    format!("- member {number} left{why}\n").into_bytes()
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
