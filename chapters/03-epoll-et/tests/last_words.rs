//! What is in flight when the server closes.

use harness::Server;
use harness::echo::endings;

#[test]
fn answers_on_their_way_survive_the_close() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch03-epoll-et"), &[]);
    endings::answers_in_flight_survive_the_close(&server);
}
