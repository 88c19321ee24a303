//! Other threads: waking a reactor, and several reactors at once.

use ch05_reactor::{Limits, LineEcho, Signals, listen_shared, serve};
use harness::Client;

use crate::script::start;

#[test]
fn another_thread_wakes_the_reactor() {
    let server = start(Limits::default());
    let waker = server.waker.clone();
    std::thread::spawn(move || waker.wake()).join().unwrap();
    server.expect("wake");
    server.expect_nothing();
}

#[test]
fn wake_ups_that_come_together_are_one_at_least() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"wait\n");
    server.expect("line 0 wait");
    for _ in 0..1000 {
        server.waker.wake();
    }
    server.release();
    server.expect("wake");
    server.expect_nothing();
}

#[test]
fn all_loops_stop_when_one_does() {
    let listeners = listen_shared("127.0.0.1:0".parse().unwrap(), 64, 3).unwrap();
    let address = listeners[0].local_addr().unwrap();
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // SIGTERM goes to the process, which has other tests in it: here one loop stops by itself.
        let signals = Signals::block().unwrap();
        let result = serve(listeners, signals, &Limits::default(), || {
            StopsOnClose(LineEcho)
        });
        sender.send(result).unwrap();
    });
    // The kernel spreads these over the loops.
    let mut clients: Vec<_> = (0..30).map(|_| Client::connect(address)).collect();
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    clients.pop();
    for client in &mut clients {
        client.expect_end();
    }
    drop(clients);
    ended
        .recv_timeout(harness::DEADLINE)
        .expect("all loops end")
        .unwrap();
}

/// Stops its loop when a client leaves.
struct StopsOnClose(LineEcho);

impl ch05_reactor::Handler for StopsOnClose {
    type Session = ch05_reactor::Line;

    fn on_open(
        &mut self,
        io: &mut ch05_reactor::Io,
        id: ch05_reactor::ConnId,
        listener: ch05_reactor::ListenerId,
    ) -> Self::Session {
        self.0.on_open(io, id, listener)
    }

    fn on_data(
        &mut self,
        io: &mut ch05_reactor::Io,
        id: ch05_reactor::ConnId,
        line: &mut Self::Session,
        input: &mut ch05_reactor::Buffer,
    ) {
        self.0.on_data(io, id, line, input);
    }

    fn on_close(
        &mut self,
        io: &mut ch05_reactor::Io,
        _: ch05_reactor::ConnId,
        _: Self::Session,
        _: ch05_reactor::Closed,
    ) {
        io.stop();
    }
}
