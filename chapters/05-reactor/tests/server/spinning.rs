//! A loop that has nothing to do sleeps, whatever state its connections are in.

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::mpsc::Sender;
use std::time::Duration;

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, Waker};
use harness::Server;

/// Consumes nothing, closes nothing, and asks to be woken once per connection.
struct Idle(Sender<()>);

impl Handler for Idle {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {
        let _ = self.0.send(());
    }

    fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}

    fn on_end(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}
}

fn run(listener: TcpListener) -> io::Result<()> {
    let mut reactor = Reactor::new(Limits::default())?;
    reactor.add_listener(listener)?;
    let waker: Waker = reactor.waker();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || receiver.iter().for_each(|()| waker.wake()));
    reactor.run(&mut Idle(sender))
}

#[test]
fn a_loop_that_was_woken_sleeps_again() {
    let server = Server::answer(run);
    let _client = server.client();
    server.expect_sleep(Duration::from_secs(1));
}

#[test]
fn a_loop_sleeps_beside_a_peer_that_finished_sending() {
    let server = Server::answer(run);
    let mut client = server.client();
    client.send(b"the end");
    client.finish_sending();
    server.expect_sleep(Duration::from_secs(1));
}

#[test]
fn a_loop_sleeps_beside_input_that_nobody_consumes() {
    let server = Server::answer(run);
    let client = server.client();
    client.stream().set_nonblocking(true).unwrap();
    while client.stream().write(&[b'x'; 4096]).is_ok() {}
    server.expect_sleep(Duration::from_secs(1));
}
