//! A server that may open no more descriptors (EMFILE).

use harness::echo::descriptors;

#[test]
fn it_neither_spins_nor_goes_deaf() {
    let server = descriptors::few(env!("CARGO_BIN_EXE_ch03-epoll-et"), &[]);
    descriptors::it_neither_spins_nor_goes_deaf(&server, "03-epoll-et.html#read-the-code");
}
