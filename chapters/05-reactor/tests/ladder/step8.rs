//! Without descriptors; a loop per core.

use std::time::Duration;

use harness::{Server, Signal};

const NAME: &str = "step8_loops";

crate::all_suites!("step8_loops");
harness::line_echo_streams_suite!(streams, crate::start(NAME, &[]));

mod two_loops {
    use super::{NAME, Server};

    fn start() -> Server {
        crate::start(NAME, &["--loops", "2"])
    }

    harness::line_echo_concurrent_suite!(many_clients, start());
    harness::line_echo_idle_suite!(idle, start());
}

/// The listener rests: reported for ever, it would end each wait at once.
#[test]
fn without_descriptors_the_server_sleeps_and_later_serves_those_who_waited() {
    let path = crate::path(NAME);
    let limited = "ulimit -n 30 && exec \"$0\" \"$@\"";
    let server = Server::spawn("sh", &["-c", limited, path.to_str().unwrap()]);
    let mut clients = server.clients(40);
    clients[0].exchange(b"hello\n", b"hello\n");
    server.expect_sleep(Duration::from_secs(1));
    let mut last = clients.split_off(30);
    drop(clients);
    for client in &mut last {
        client.exchange(b"at last\n", b"at last\n");
    }
}

/// Whichever takes the signal wakes the others.
#[test]
fn all_loops_stop() {
    let server = crate::start(NAME, &["--loops", "3"]);
    let mut clients = server.clients(12);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    server.signal(Signal::SIGTERM);
    for client in &mut clients {
        client.expect_end();
    }
    drop(clients);
    assert_eq!(server.wait().code(), Some(0));
}
