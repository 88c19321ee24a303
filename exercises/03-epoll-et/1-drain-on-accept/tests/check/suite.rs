//! Clients one by one, and clients that come while the server isn't looking.

use std::time::Duration;

use crate::subject::serve;
use harness::{Client, Server};

const BOOK: &str = "03-epoll-et.html#read-the-code";

#[test]
fn clients_one_by_one_are_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Each client came while the server slept: an edge for each of them.",
        BOOK,
    );
    for number in [b"1\n", b"2\n", b"3\n"] {
        server.client().expect_last(number);
    }
}

#[test]
fn two_clients_at_once_are_both_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Two clients came before the server looked, and that was one edge: one event. The first got its \
         number. The second is still in the accept queue, and no event will tell.",
        BOOK,
    );
    let mut clients = clients_at_once(&server, 2);
    clients[0].expect_last(b"1\n");
    clients[1].expect_last(b"2\n");
}

#[test]
fn a_third_client_is_served_in_its_turn() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Two clients came at once, and later a third. Its coming is a new edge, but accept hands out \
         whoever is first in the queue: a client left behind by the edge before. One accept for each edge \
         serves everybody one client late.",
        BOOK,
    );
    let mut clients = clients_at_once(&server, 2);
    clients[0].expect_last(b"1\n");
    server.client().expect_last(b"3\n");
}

#[test]
fn a_hundred_clients_at_once_are_all_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A hundred clients came before the server looked: one edge. How many there are, only the queue \
         can tell: it is empty when accept says WouldBlock, not before.",
        BOOK,
    );
    let mut clients = clients_at_once(&server, 100);
    for (client, number) in clients.iter_mut().zip(1..) {
        client.expect_last(format!("{number}\n").as_bytes());
    }
}

#[test]
fn a_client_that_left_the_queue_does_no_harm() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Three clients came at once, and the first cut its connection before the server looked. Linux \
         hands it out all the same; only the write to it fails. The others still wait behind it.",
        BOOK,
    );
    let mut rest = server.while_stopped(|| {
        server.client().reset();
        [server.client(), server.client()]
    });
    rest[0].expect_last(b"2\n");
    rest[1].expect_last(b"3\n");
}

#[test]
fn it_sleeps_while_nobody_comes() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The queue is empty, and there is nothing to do until the next edge. Somewhere WouldBlock must \
         lead back to epoll_wait.",
        BOOK,
    );
    server.client().expect_last(b"1\n");
    expect_sleep(&server);
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have got their numbers, and have gone. Their sockets are still open in the server.",
        BOOK,
    );
    let mut number = 0;
    server.expect_no_leak(|| {
        number += 1;
        let expected = format!("{number}\n");
        server.client().expect_last(expected.as_bytes());
    });
}

#[test]
fn the_listener_stays_edge_triggered() {
    let server = Server::answer(|listener| serve(&listener));
    server.client().expect_last(b"1\n");
    let report = server.report();
    assert!(
        report.contains("IN|ET"),
        "the server no longer watches its listener for IN|ET:\n\
         {report}\n\
         it means  Level-triggered, one accept per event would do: epoll repeats it while\n          \
         somebody waits. That is chapter 02's way. Here, keep EPOLLET and accept more.\n\
         read      book: {BOOK}"
    );
}

/// Clients that have all come before the server looks: on loopback, a connection is in the accept queue
/// when `connect` returns.
fn clients_at_once(server: &Server, number: usize) -> Vec<Client> {
    server.while_stopped(|| server.clients(number))
}

/// Checks that the server sleeps. Even where many others want the processors, one that spins gets more
/// than 1 % of one; one that sleeps needs next to nothing.
fn expect_sleep(server: &Server) {
    let used = server.cpu_over(Duration::from_millis(200));
    if used > Duration::from_millis(2) {
        let used = format!("{} ms of CPU time in 200 ms", used.as_millis());
        server.fail_with("a server that sleeps", &used);
    }
    server.expect_no_wake_ups();
}
