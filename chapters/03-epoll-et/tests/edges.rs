//! What an edge stands for: much at once, and nobody will say so again.
//!
//! The server is stopped (SIGSTOP) while bytes or clients gather, so that when it goes on, one edge
//! stands for all of them.

use std::time::Duration;

use harness::experiment::{entry, until};
use harness::{Client, Server};

fn start() -> Server {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch03-epoll-et"), &[]);
    server.teach(
        "An edge is reported once. What wasn't taken then waits for an edge that may never come: \
         drain until the call would block.",
        "03-epoll-et.html#read-the-code",
    );
    server
}

/// Whether all that `client` has sent lies in the server's receive queue.
fn has_arrived(client: &Client, server: &Server) -> bool {
    entry(client.address(), server.address()).is_some_and(|end| end.unsent == 0)
}

#[test]
fn one_edge_of_the_listener_may_stand_for_many_clients() {
    let server = start();
    let mut clients = server.while_stopped(|| server.clients(200));
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
}

/// A line of `length` bytes comes back that has arrived as a whole before the server looks.
fn a_line_at_once_comes_back(length: usize) {
    let server = start();
    let mut line = vec![b'x'; length];
    line.push(b'\n');
    let mut client = server.client();
    server.while_stopped(|| {
        client.send(&line);
        until("all has arrived", || has_arrived(&client, &server));
    });
    client.expect(&line);
}

#[test]
fn one_edge_may_stand_for_more_bytes_than_a_read_takes() {
    a_line_at_once_comes_back(20_000);
}

#[test]
fn one_edge_may_stand_for_more_bytes_than_a_turn_takes() {
    a_line_at_once_comes_back(40_000);
}

#[test]
fn one_edge_may_stand_for_data_and_the_end() {
    let server = start();
    let mut client = server.client();
    server.while_stopped(|| {
        client.send(b"one\ntwo");
        client.finish_sending();
        until("all has arrived", || has_arrived(&client, &server));
    });
    client.expect_last(b"one\ntwo");
}

/// `epoll_wait` fails with EINTR after a stop, even without a signal handler (signal(7)).
#[test]
fn a_server_that_was_stopped_goes_on() {
    let server = start();
    let mut client = server.client();
    client.exchange(b"before\n", b"before\n");
    client.expect_silence(Duration::from_millis(100)); // until it sleeps in its wait
    server.while_stopped(|| {});
    client.exchange(b"after\n", b"after\n");
}
