//! The line echo through real sockets, with four workers.

use harness::Server;

fn start() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch04-oneshot"), &["--workers", "4"])
}

harness::line_echo_suite!(one_client, start());
harness::line_echo_concurrent_suite!(many_clients, start());
harness::line_echo_idle_suite!(idle, start());
harness::line_echo_slow_reader_suite!(slow_reader, start());
harness::line_echo_streams_suite!(streams, start());
