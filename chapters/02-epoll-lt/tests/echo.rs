//! The line echo through real sockets, with each way to wait.

use harness::Server;

fn wait_by(way: &str) -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", way])
}

harness::line_echo_suite!(epoll, wait_by("epoll"));
harness::line_echo_suite!(poll, wait_by("poll"));
harness::line_echo_suite!(select, wait_by("select"));
harness::line_echo_suite!(spin, wait_by("spin"));

harness::line_echo_concurrent_suite!(epoll_many_clients, wait_by("epoll"));
harness::line_echo_concurrent_suite!(poll_many_clients, wait_by("poll"));
harness::line_echo_concurrent_suite!(select_many_clients, wait_by("select"));
harness::line_echo_concurrent_suite!(spin_many_clients, wait_by("spin"));

harness::line_echo_idle_suite!(epoll_idle, wait_by("epoll"));
harness::line_echo_idle_suite!(poll_idle, wait_by("poll"));
harness::line_echo_idle_suite!(select_idle, wait_by("select"));

harness::line_echo_streams_suite!(epoll_streams, wait_by("epoll"));
harness::line_echo_streams_suite!(poll_streams, wait_by("poll"));
harness::line_echo_streams_suite!(select_streams, wait_by("select"));
