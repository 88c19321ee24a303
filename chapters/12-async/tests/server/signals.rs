//! Going down on a signal.

use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use harness::Signal;
use harness::experiment::until;

use crate::{BOTH, start};

#[test]
fn sigterm_and_sigint_end_it_with_exit_code_0() {
    for (runtime, signal) in BOTH
        .into_iter()
        .flat_map(|runtime| [(runtime, Signal::SIGTERM), (runtime, Signal::SIGINT)])
    {
        let server = start(runtime, &[]);
        let mut clients = server.clients(10);
        for client in &mut clients {
            client.exchange(b"hello\n", b"hello\n");
        }
        server.signal(signal);
        for client in &mut clients {
            client.expect_end();
        }
        drop(clients);
        assert_eq!(server.wait().code(), Some(0), "{runtime}, {signal}");
    }
}

#[test]
fn it_waits_for_a_slow_reader_asleep_until_a_second_signal() {
    for runtime in BOTH {
        let server = start(runtime, &["--grace", "60"]);
        let mut client = server.slow_client();
        client.flood(&b"a line\n".repeat(4 << 20));
        server.signal(Signal::SIGINT);
        let mut refused = || TcpStream::connect(server.address()).is_err();
        until("the first has been taken", &mut refused);
        server.expect_sleep(Duration::from_secs(1));
        // Not SIGINT: a shell that starts this in the background has it ignored.
        server.signal(Signal::SIGTERM);
        let ended = server.wait();
        assert_eq!(
            ended.signal(),
            Some(Signal::SIGTERM as i32),
            "{runtime}: {ended}"
        );
    }
}

#[test]
fn a_client_that_never_reads_is_given_the_time_of_grace_and_no_more() {
    for runtime in BOTH {
        let server = start(runtime, &["--grace", "1"]);
        let mut client = server.slow_client();
        client.flood(&b"a line\n".repeat(4 << 20));
        server.signal(Signal::SIGTERM);
        assert_eq!(server.wait().code(), Some(0), "{runtime}");
    }
}
