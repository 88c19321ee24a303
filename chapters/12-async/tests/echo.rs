//! The line echo through real sockets, on either runtime.

use harness::Server;

fn on(runtime: &str) -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch12-async"), &["--on", runtime])
}

harness::line_echo_suite!(ours, on("ours"));
harness::line_echo_concurrent_suite!(ours_many_clients, on("ours"));
harness::line_echo_idle_suite!(ours_idle, on("ours"));
harness::line_echo_slow_reader_suite!(ours_slow_reader, on("ours"));
harness::line_echo_streams_suite!(ours_streams, on("ours"));

harness::line_echo_suite!(tokio, on("tokio"));
harness::line_echo_concurrent_suite!(tokio_many_clients, on("tokio"));
harness::line_echo_idle_suite!(tokio_idle, on("tokio"));
harness::line_echo_slow_reader_suite!(tokio_slow_reader, on("tokio"));
harness::line_echo_streams_suite!(tokio_streams, on("tokio"));
