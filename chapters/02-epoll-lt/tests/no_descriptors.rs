//! A server that may open no more descriptors (EMFILE).

use harness::echo::descriptors;

fn neither_spins_nor_goes_deaf(way: &str) {
    let server = descriptors::few(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", way]);
    descriptors::it_neither_spins_nor_goes_deaf(&server, "02-epoll-lt.html#read-the-code");
}

#[test]
fn with_select_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf("select");
}

#[test]
fn with_poll_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf("poll");
}

#[test]
fn with_epoll_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf("epoll");
}
