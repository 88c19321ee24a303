//! Two protocols on one connection, and how it changes from one to the other.
//!
//! It begins with lines: each is answered in capitals, until `UPGRADE`. From then on both sides
//! send messages, each behind a byte with its length; the answer is the message backwards.
//!
//! The session is an enum, the upgrade an assignment, and the loop goes on over the same input: a
//! client may send its first message together with the line that asks for them. Chapter 07 does
//! the same with HTTP and WebSocket.
//!
//! Try it: `printf 'hello\nUPGRADE\n\003abc' | nc -N 127.0.0.1 7000`

use std::process::ExitCode;

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Signals, listen, serve};
use clap::Parser;

/// Start with lines, and go on with messages
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,
}

const MAX_LINE: usize = 1000;

/// What is spoken on a connection.
enum Session {
    Lines,
    Messages,
}

struct Server;

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) -> Session {
        Session::Lines
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        // A client that doesn't read its answers gets no more of them: the rest waits here.
        while !io.is_full(id) {
            let complete = match session {
                Session::Lines => line(io, id, session, input),
                Session::Messages => message(io, id, input),
            };
            if !complete {
                return;
            }
        }
    }
}

/// Takes one line, if there is one.
fn line(io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) -> bool {
    let Some(end) = input.iter().position(|&byte| byte == b'\n') else {
        if input.len() > MAX_LINE {
            io.send(id, b"line too long\n");
            io.close(id);
        }
        return false;
    };
    if &input[..end] == b"UPGRADE" {
        *session = Session::Messages;
        io.send(id, b"messages from here\n");
    } else {
        input[..end].make_ascii_uppercase(); // in place: nobody else sees these bytes
        io.send(id, &input[..=end]);
    }
    input.consume(end + 1);
    true
}

/// Takes one message, if it is complete.
fn message(io: &mut Io, id: ConnId, input: &mut Buffer) -> bool {
    let Some(&length) = input.first() else {
        return false;
    };
    let whole = 1 + usize::from(length);
    let Some(payload) = input.get_mut(1..whole) else {
        return false;
    };
    payload.reverse();
    io.send(id, &input[..whole]);
    input.consume(whole);
    true
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?;
        let listener = options.server.open(|address| listen(address, 1024))?;
        let limits = Limits::default();
        Ok(serve(vec![listener], signals, &limits, |_| Ok(Server))?)
    })
}
