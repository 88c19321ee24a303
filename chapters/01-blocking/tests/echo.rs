//! The line echo through real sockets, one client at a time and with a thread for each.

use harness::Server;

fn one_by_one() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &[])
}

fn thread_each() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &["--threads"])
}

harness::line_echo_suite!(one_client, one_by_one());
harness::line_echo_suite!(one_client_in_a_thread, thread_each());
harness::line_echo_concurrent_suite!(many_clients, thread_each());
