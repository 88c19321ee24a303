//! The line echo through real sockets, from loops with descriptor tables of their own.

use harness::Server;

fn server() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch10-c1000k"), &["--loops", "3"])
}

harness::line_echo_suite!(echo, server());
harness::line_echo_concurrent_suite!(many_clients, server());
harness::line_echo_slow_reader_suite!(slow_reader, server());
