//! Document 002's server in PHP, in Rust: it prints what happens, and answers each message.
//!
//! `cargo run -q -p ch07-websocket --example three_callbacks`, and then, as its client,
//! `cargo run -q -p ch07-websocket --bin client -- ws://localhost:9501/`.
//!
//! What its framework does for it is here what comes before the three: HTTP, the handshake, and
//! messages made of frames.

use std::io::{self, Write};
use std::process::ExitCode;

use ch07_websocket::{Accepted, Message};
use ch07_websocket::{Assembler, Handshake, Limits, Opcode, Origins, WebSocket, send_frame};
use clap::Parser;
use http::{Call, Files, Hosts, Http, Outcome, Reply, Route, Site};
use reactor::{Buffer, Closed, ConnId, Handler, Io, Origin, Signals, listen, serve};

/// Three callbacks: open, message, close
#[derive(Parser)]
struct Options {
    /// Where to listen
    #[arg(long, default_value_t = 9501)]
    port: u16,
}

struct Server {
    site: Site<Handshake, Accepted>,
    limits: Limits,
    /// The number of the next client.
    next: u32,
}

/// What a connection speaks.
enum Session {
    Http(Http),
    WebSocket(Client),
}

struct Client {
    number: u32,
    socket: WebSocket,
    assembler: Assembler,
}

// ANCHOR: callbacks
/// `open`: a client's handshake was right.
fn opened(io: &mut Io, id: ConnId, number: u32) {
    say(format_args!("client-{number} is open"));
    send_frame(io, id, Opcode::Text, b"hello, welcome\n");
}

/// `message`: one has arrived, in however many frames.
fn said(io: &mut Io, id: ConnId, message: Message<'_>) {
    let text = String::from_utf8_lossy(message.bytes);
    say(format_args!("Message: {text}"));
    send_frame(io, id, Opcode::Text, format!("server: {text}").as_bytes());
}

/// `close`: the connection is gone, in whatever way.
fn closed(number: u32) {
    say(format_args!("client-{number} is closed"));
}
// ANCHOR_END: callbacks

impl Server {
    /// A site that has one route: the handshake, at any path.
    fn open() -> io::Result<Self> {
        let handshake = Handshake {
            origins: Origins::Own,
            protocols: Vec::new(),
        };
        let files = Files::open(concat!(env!("CARGO_MANIFEST_DIR"), "/site").as_ref())?;
        let upgrade =
            |handshake: &mut Handshake, call: &mut Call<'_>| match handshake.check(&call.head) {
                Ok(accepted) => Reply::Upgrade(accepted),
                Err(refusal) => refusal.response().into(),
            };
        let mut site = Site::new(files, vec![Route::any("/", upgrade)], handshake);
        site.hosts = Hosts::of([127, 0, 0, 1].into(), &[]);
        Ok(Self {
            site,
            limits: Limits::default(),
            next: 1,
        })
    }

    fn after_http(
        &mut self,
        io: &mut Io,
        id: ConnId,
        session: &mut Session,
        outcome: Outcome<Accepted>,
    ) {
        if let Outcome::Upgrade(_, accepted) = outcome {
            let number = self.next;
            self.next += 1;
            let client = Client {
                number,
                socket: WebSocket::open(io, id, &accepted),
                assembler: Assembler::default(),
            };
            WebSocket::begin_heartbeat(io, id, None);
            *session = Session::WebSocket(client);
            opened(io, id, number);
        }
    }
}

impl Handler for Server {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Session {
        Session::Http(Http::open(io, id, &self.site))
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        if let Session::Http(http) = session {
            let outcome = http.on_data(io, id, &mut self.site, input);
            self.after_http(io, id, session, outcome);
        }
        if let Session::WebSocket(client) = session {
            let assembler = &mut client.assembler;
            client
                .socket
                .on_data(io, id, &self.limits, input, |io, part| {
                    if let Some(message) = assembler.add(part) {
                        said(io, id, message);
                    }
                });
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, _: &mut Buffer) {
        match session {
            Session::Http(http) => http.on_end(io, id),
            Session::WebSocket(_) => io.close(id),
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        if let Session::Http(http) = session {
            let outcome = http.on_timer(io, id, &mut self.site, key);
            self.after_http(io, id, session, outcome);
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        match session {
            Session::Http(http) => http.on_stop(io, id, &mut self.site),
            Session::WebSocket(client) => client.socket.on_stop(io, id),
        }
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, session: Session, _: Closed) {
        if let Session::WebSocket(client) = session {
            closed(client.number);
        }
    }
}

/// A line on standard output; if that is closed, the server goes on.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?; // before any thread starts
        let listener = listen(([127, 0, 0, 1], options.port).into(), 1024)?;
        say(format_args!("listening on {}", listener.local_addr()?));
        let limits = reactor::Limits::default();
        Ok(serve(vec![listener], signals, &limits, |_| Server::open())?)
    })
}
