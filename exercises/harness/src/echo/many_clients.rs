//! Several clients at once, none of whom notices the others.

use super::TOGETHER;
use crate::{Server, limits};

/// Whoever says nothing costs the others nothing.
pub fn an_idle_client_delays_nobody(server: &Server) {
    server.teach(
        "While the server waits for one client's bytes, it has to serve the others.",
        TOGETHER,
    );
    let mut idle = server.client();
    // It has been accepted before the other one comes.
    idle.exchange(b"here I am\n", b"here I am\n");
    let mut other = server.client();
    other.exchange(b"hello\n", b"hello\n");
    idle.exchange(b"me too\n", b"me too\n");
}

/// Half a line is no reason to wait for its rest.
pub fn a_client_in_mid_line_delays_nobody(server: &Server) {
    server.teach(
        "A read that waits for the rest of one client's line keeps all others waiting.",
        TOGETHER,
    );
    let mut slow = server.client();
    slow.send(b"hel");
    slow.wait_until_read();
    server.client().exchange(b"quick\n", b"quick\n");
    slow.send(b"lo\n");
    slow.expect(b"hello\n");
}

/// Each connection needs a buffer of its own.
pub fn half_lines_of_two_clients_stay_apart(server: &Server) {
    server.teach("Each connection needs its own unfinished line.", TOGETHER);
    let (mut first, mut second) = (server.client(), server.client());
    first.send(b"fir");
    first.wait_until_read();
    second.send(b"sec");
    second.wait_until_read();
    first.send(b"st\n");
    first.expect(b"first\n");
    second.send(b"ond\n");
    second.expect(b"second\n");
}

/// `quit` ends the connection, not the server.
pub fn a_quit_ends_one_connection_only(server: &Server) {
    server.teach(
        "`quit` ends the connection it came from, and no other.",
        TOGETHER,
    );
    let (mut leaving, mut staying) = (server.client(), server.client());
    staying.exchange(b"one\n", b"one\n");
    leaving.send(b"quit\n");
    leaving.expect_last(b"goodbye\n");
    staying.exchange(b"two\n", b"two\n");
}

/// All are connected, then all send, then all read.
pub fn a_thousand_clients_get_their_own_lines(server: &Server) {
    server.teach(
        "Each client gets its own lines, however many there are.",
        TOGETHER,
    );
    limits::expect_room_for(1000);
    let mut clients = Vec::new();
    for _ in 0..1000 {
        // One at a time, so that no accept queue overflows: that costs the client a second.
        let mut client = server.client();
        client.send(b"hello\n");
        client.expect(b"hello\n");
        clients.push(client);
    }
    for (number, client) in clients.iter_mut().enumerate() {
        client.send(format!("client {number}\n").as_bytes());
    }
    for (number, client) in clients.iter_mut().enumerate() {
        client.expect(format!("client {number}\n").as_bytes());
    }
}

/// Descriptors that are used again must not inherit anything from their predecessors.
pub fn a_hundred_resets_harm_no_other(server: &Server) {
    server.teach(
        "A reset ends one connection; the next one with its descriptor starts afresh.",
        TOGETHER,
    );
    let mut staying = server.clients(10);
    let mut leaving = server.clients(100);
    for client in &mut leaving {
        client.send(b"half a li");
    }
    for client in leaving {
        client.reset();
    }
    for client in &mut staying {
        client.exchange(b"one\n", b"one\n");
    }
    for mut client in server.clients(100) {
        client.exchange(b"new\n", b"new\n");
    }
}
