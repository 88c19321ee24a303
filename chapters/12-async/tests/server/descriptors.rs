//! A server that may open no more descriptors (EMFILE).

use harness::echo::{descriptors, endings};

use crate::{BOTH, start};

#[test]
fn without_descriptors_it_neither_spins_nor_goes_deaf() {
    for runtime in BOTH {
        let server = descriptors::few(env!("CARGO_BIN_EXE_ch12-async"), &["--on", runtime]);
        descriptors::it_neither_spins_nor_goes_deaf(&server, "12-tokio.html#ending-tasks");
    }
}

#[test]
fn answers_on_their_way_survive_the_close() {
    for runtime in BOTH {
        endings::answers_in_flight_survive_the_close(&start(runtime, &[]));
    }
}
