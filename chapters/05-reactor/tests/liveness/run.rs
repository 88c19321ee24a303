//! Plays a case, and looks whether a connection has been forgotten.

use std::fmt::Write;
use std::time::{Duration, Instant};

use ch05_reactor::Closed;
use nix::poll::{PollFd, PollTimeout, poll};

use crate::case::{Bounds, Case, Message, Step};
use crate::client::{Client, End};
use crate::handler::{Connection, Errand, Hold, State};
use crate::server::Server;

/// How long what must finally happen may take.
pub const FAR: Duration = Duration::from_secs(10);

/// What went wrong, or nothing.
pub type Outcome<T = ()> = Result<T, String>;

pub fn fail<T>(what: impl Into<String>) -> Outcome<T> {
    Err(what.into())
}

/// Plays `case`.
pub fn run(case: &Case) -> Outcome {
    let server = Server::start(case);
    let mut clients: Vec<Client> = case
        .clients
        .iter()
        .map(|messages| {
            let mut bytes = Vec::new();
            for message in messages {
                message.encode(&mut bytes);
            }
            Client::connect(server.address, case.client_receive, bytes)
        })
        .collect();
    server.until("all clients are accepted", |connections| {
        connections.len() == clients.len()
    })?;
    let mut play = Play {
        bounds: case.limits,
        server,
        clients: &mut clients,
    };
    for step in &case.steps {
        play.step(step)?;
    }
    play.quiet()?;
    if !case.stop_early {
        play.drain()?;
        play.quiet()?;
        play.clients.iter_mut().for_each(Client::finish);
    }
    play.end()
}

/// A case that is being played.
struct Play<'a> {
    bounds: Bounds,
    server: Server,
    clients: &'a mut Vec<Client>,
}

impl Play<'_> {
    fn step(&mut self, step: &Step) -> Outcome {
        let count = self.clients.len();
        match *step {
            Step::Send(client, bytes) => _ = self.clients[client % count].send(bytes),
            Step::Read(client, bytes) => _ = self.clients[client % count].read(bytes)?,
            Step::Urgent(client) => self.clients[client % count].send_urgent(),
            Step::Finish(client) => self.clients[client % count].finish(),
            Step::Leave(client) => self.clients[client % count].leave(),
            Step::Reset(client) => self.clients[client % count].reset(),
            Step::Release => self.server.wake_for(Errand::Release),
            Step::Quiet => self.quiet()?,
            Step::AtOnce(ref steps) => {
                self.server.wait()?;
                for step in steps {
                    self.step(step)?;
                }
                self.server.go_on();
            }
        }
        Ok(())
    }

    /// Waits until all is quiet, and looks whether it ought to be.
    fn quiet(&self) -> Outcome {
        let mut doubt: Option<String> = None;
        let mut times = 0;
        let began = Instant::now();
        loop {
            if began.elapsed() > FAR {
                return fail("it doesn't come to rest");
            }
            self.server.until_asleep()?;
            let connections = self.server.look()?;
            self.server.until_asleep()?;
            let is_timed = |connection: &Connection| {
                matches!(connection.hold, Hold::UntilTimer(_)) && connection.is_open()
            };
            if connections.iter().any(is_timed) {
                continue; // it waits for milliseconds only
            }
            let now = self.forgotten(&connections);
            // What was seen may have changed meanwhile; what is forgotten stays as it is.
            times = if now == doubt { times + 1 } else { 0 };
            match now {
                None => return Ok(()),
                Some(what) if times == 3 => return fail(what),
                what => doubt = what,
            }
        }
    }

    /// A connection that waits for nothing, and ought to be served.
    fn forgotten(&self, connections: &[Connection]) -> Option<String> {
        for (number, (client, connection)) in self.clients.iter().zip(connections).enumerate() {
            if !connection.is_open() {
                continue;
            }
            let socket = client.at_server();
            let unread = socket.as_ref().map_or(0, |socket| socket.unread);
            let unread = unread.saturating_sub(client.urgent.into());
            let room =
                connection.state == State::Open && !connection.full && connection.hold == Hold::No;
            if room && unread > 0 {
                return Some(format!(
                    "connection {number} is deaf: {unread} bytes are unread; {connection:?}"
                ));
            }
            if connection.pending > 0
                && socket.is_some_and(|socket| socket.unsent == 0)
                && client.unread() == 0
            {
                return Some(format!(
                    "connection {number} has room for its output: {connection:?}"
                ));
            }
            if connection.left_whole && !connection.full && connection.hold == Hold::No {
                return Some(format!(
                    "connection {number} was not offered its input again: {connection:?}"
                ));
            }
            if connection.full && connection.pending < self.bounds.low_water {
                return Some(format!("connection {number} stays full: {connection:?}"));
            }
        }
        None
    }

    /// Lets all go on, until all input is consumed and all output has arrived.
    fn drain(&mut self) -> Outcome {
        let mut progress = Instant::now();
        loop {
            let mut moved = false;
            for client in self.clients.iter_mut() {
                moved |= client.send(usize::MAX);
                moved |= client.read(usize::MAX)?;
            }
            self.server.wake_for(Errand::Release);
            let connections = self.server.look()?;
            let mut pairs = self.clients.iter().zip(&connections);
            if pairs.all(|(client, connection)| is_done(client, connection)) {
                return Ok(());
            }
            if moved {
                progress = Instant::now();
            } else if progress.elapsed() > FAR {
                let how = describe(self.clients, &connections);
                return fail(format!("nothing moves any more; {how}"));
            } else {
                self.quiet()?;
                wait_for(self.clients);
            }
        }
    }

    /// Stops the reactor, and looks whether the clients have got all that they were owed.
    fn end(mut self) -> Outcome {
        self.server.stop();
        let deadline = Instant::now() + FAR;
        while !self.server.has_ended() {
            for client in self.clients.iter_mut() {
                client.read(usize::MAX)?;
                if client.end != End::Open {
                    client.leave();
                }
            }
            if Instant::now() > deadline {
                let how = describe(self.clients, &[]);
                return fail(format!("the reactor doesn't end after a stop; {how}"));
            }
            wait_for(self.clients);
        }
        for client in self.clients.iter_mut() {
            client.read(usize::MAX)?;
        }
        let connections = self.server.join()?;
        for (number, (client, connection)) in self.clients.iter().zip(&connections).enumerate() {
            let State::Gone(why) = connection.state else {
                return fail(format!("connection {number} had no on_close"));
            };
            let cut = client.end == End::Open || matches!(why, Closed::Aborted | Closed::Failed(_));
            if !cut && client.received != connection.owed {
                let (got, owed) = (client.received, connection.owed);
                return fail(format!(
                    "client {number} got {got} bytes of {owed}: {why:?}"
                ));
            }
        }
        Ok(())
    }
}

/// Whether nothing is left to do for a connection.
fn is_done(client: &Client, connection: &Connection) -> bool {
    if client.has_left() || client.end != End::Open || matches!(connection.state, State::Gone(_)) {
        return true;
    }
    let arrived = client.received == connection.owed && connection.pending == 0;
    if !connection.is_open() {
        return false; // until its end has arrived
    }
    let mut whole = 0;
    while let Some(message) = Message::decode(&client.sent_bytes()[whole..]) {
        whole += message.length;
    }
    client.has_sent_all()
        && connection.consumed == whole as u64
        && connection.hold == Hold::No
        && arrived
}

/// Waits a little while for a client that can go on.
fn wait_for(clients: &[Client]) {
    let mut waiting: Vec<PollFd> = clients.iter().filter_map(Client::waits_for).collect();
    let _ = poll(&mut waiting, PollTimeout::from(5_u8));
}

fn describe(clients: &[Client], connections: &[Connection]) -> String {
    let mut text = String::new();
    for (number, client) in clients.iter().enumerate() {
        let (sent, received, end) = (client.sent, client.received, client.end);
        let server = client.at_server();
        let connection = connections.get(number);
        let _ = write!(
            text,
            "\n{number}: sent {sent}, received {received}, {end:?}; at the server {server:?}; {connection:?}"
        ); // to a string, this can't fail
    }
    text
}
