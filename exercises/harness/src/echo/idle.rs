//! A server that waits uses (next to) no CPU time.

use std::time::Duration;

use super::TOGETHER;
use crate::Server;

const LESSON: &str = "While nothing happens, the server should sleep in a system call; it asks again and \
                      again instead.";
const STRETCH: Duration = Duration::from_secs(1);

/// Nobody is there.
pub fn a_server_without_clients_sleeps(server: &Server) {
    server.teach(LESSON, TOGETHER);
    server.expect_sleep(STRETCH);
}

/// Clients are connected and silent; one is in mid-line.
pub fn a_server_with_idle_clients_sleeps(server: &Server) {
    server.teach(LESSON, TOGETHER);
    let mut clients = server.clients(3);
    clients[1].exchange(b"hello\n", b"hello\n");
    clients[2].send(b"hel");
    clients[2].wait_until_read();
    server.expect_sleep(STRETCH);
}

/// An end of file or a reset that isn't acted upon is reported for ever.
pub fn a_server_sleeps_after_its_clients_have_left(server: &Server) {
    server.teach(
        "A connection that has ended stays readable for ever: close it, or the loop spins.",
        TOGETHER,
    );
    let (mut resetting, mut leaving) = (server.client(), server.client());
    resetting.exchange(b"hello\n", b"hello\n");
    leaving.exchange(b"hello\n", b"hello\n");
    resetting.reset();
    leaving.finish_sending();
    leaving.expect_end();
    drop(leaving);
    server.expect_sleep(STRETCH);
}
