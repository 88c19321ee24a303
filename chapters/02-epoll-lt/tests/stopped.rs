//! A server that is stopped for a while (Ctrl-Z, a debugger) and goes on.

use harness::Server;

/// `epoll_wait` fails with EINTR after a stop, even without a signal handler (signal(7)); `select`
/// and `poll` don't on Linux, but POSIX allows it.
#[test]
fn a_server_that_was_stopped_goes_on() {
    for way in ["select", "poll", "epoll"] {
        let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", way]);
        let mut client = server.client();
        client.exchange(b"before\n", b"before\n");
        server.wait_until_asleep();
        server.while_stopped(|| {});
        client.exchange(b"after\n", b"after\n");
    }
}
