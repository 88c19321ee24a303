//! Everyone hears everyone, and a slow reader is dropped.
//!
//! The handler keeps the members: it is what all connections share. A line is sent to each of the
//! others by their id; whoever lets too much pile up is cut, and nobody waits for it. The lines
//! that one turn brings to a member leave in one write.
//!
//! Try it: `nc 127.0.0.1 7000` in two terminals.

use std::collections::BTreeSet;
use std::process::ExitCode;

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin, Signals, listen, serve};
use clap::Parser;

/// Pass each line on to everyone else
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// How far a reader may fall behind before it is dropped
    #[arg(long, default_value_t = 1 << 20, value_name = "BYTES")]
    slack: u64,
}

const MAX_LINE: usize = 1000;

struct Room {
    members: BTreeSet<ConnId>,
    slack: u64,
}

impl Room {
    fn pass_on(&self, io: &mut Io, from: ConnId, lines: &[u8]) {
        for &member in self.members.iter().filter(|&&member| member != from) {
            if io.pending_output(member) + lines.len() as u64 > self.slack {
                io.abort(member); // `on_close` takes it out of the room
            } else {
                io.send(member, lines);
            }
        }
    }
}

impl Handler for Room {
    type Session = ();

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) {
        self.pass_on(io, id, b"* someone came\n");
        self.members.insert(id);
        io.send(id, format!("* {} here\n", self.members.len()).as_bytes());
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        // Whole lines only: half of one could be torn by somebody else's.
        let lines = input
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |last| last + 1);
        if lines > 0 {
            self.pass_on(io, id, &input[..lines]);
            input.consume(lines);
        }
        if input.len() > MAX_LINE {
            io.send(id, b"* line too long\n");
            io.close(id);
        }
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, (): (), _: Closed) {
        self.members.remove(&id);
        self.pass_on(io, id, b"* someone left\n");
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?;
        let listener = options.server.open(|address| listen(address, 1024))?;
        // One loop: its members have to meet.
        let room = |_| {
            Ok(Room {
                members: BTreeSet::new(),
                slack: options.slack,
            })
        };
        Ok(serve(vec![listener], signals, &Limits::default(), room)?)
    })
}
