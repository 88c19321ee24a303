//! A server that is stopped for a while (Ctrl-Z, a debugger) and goes on.

use harness::Server;

/// `epoll_wait` fails with EINTR after a stop, even without a signal handler (signal(7)).
#[test]
fn a_server_that_was_stopped_goes_on() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch04-oneshot"), &["--workers", "4"]);
    let mut client = server.client();
    client.exchange(b"before\n", b"before\n");
    server.wait_until_asleep();
    server.while_stopped(|| {});
    client.exchange(b"after\n", b"after\n");
}
