//! The line echo through real sockets, from one loop and from two.

use harness::Server;

fn server(loops: &str) -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch05-reactor"), &["--loops", loops])
}

harness::line_echo_suite!(one_loop, server("1"));
harness::line_echo_concurrent_suite!(one_loop_many_clients, server("1"));
harness::line_echo_idle_suite!(one_loop_idle, server("1"));
harness::line_echo_slow_reader_suite!(one_loop_slow_reader, server("1"));
harness::line_echo_streams_suite!(one_loop_streams, server("1"));

harness::line_echo_suite!(two_loops, server("2"));
harness::line_echo_concurrent_suite!(two_loops_many_clients, server("2"));
harness::line_echo_idle_suite!(two_loops_idle, server("2"));
harness::line_echo_slow_reader_suite!(two_loops_slow_reader, server("2"));
harness::line_echo_streams_suite!(two_loops_streams, server("2"));
