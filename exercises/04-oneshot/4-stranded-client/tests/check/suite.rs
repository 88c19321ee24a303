//! Clients one by one, and clients that come while no worker is looking.

use std::time::{Duration, Instant};

use crate::subject::serve;
use harness::experiment::uninterrupted;
use harness::{Client, DEADLINE, EpollFlags, Server};

const BOOK: &str = "04-oneshot.html#read-the-code";

#[test]
fn clients_one_by_one_are_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Each client came when the one before had gone: an edge for each of them.",
        BOOK,
    );
    for _ in 0..5 {
        let mut client = server.client();
        say_hello(&mut client);
        client.finish_sending();
        client.expect_end();
    }
}

#[test]
fn a_silent_client_keeps_one_worker_only() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One worker sleeps in `read` on a client that says nothing more. The other one is free.",
        BOOK,
    );
    let mut first = server.client();
    say_hello(&mut first);
    say_hello(&mut server.client());
    say_hello(&mut server.client());
}

#[test]
fn two_clients_at_once_are_both_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Two clients came before anybody looked: one edge, and one worker was told. It serves the first. The \
         second waits, and the other worker sleeps, since nobody tells it.",
        BOOK,
    );
    let mut clients = clients_at_once(&server, 2);
    say_hello(&mut clients[0]);
    clients[1].send(b"hello\n");
    if is_held(&server, &clients[1]) {
        server.teach(
            "Two clients came before anybody looked: one edge, and one worker was told. It took them both. \
             Draining keeps the second client for a worker that already has one.",
            BOOK,
        );
    }
    clients[1].expect(b"hello\n");
}

#[test]
fn a_third_client_waits_for_a_free_worker() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Three clients came at once, for two workers. The third waits in the queue. When the first has left, \
         its worker is free, and must learn from epoll that somebody is still there.",
        BOOK,
    );
    let mut clients = clients_at_once(&server, 3);
    let mut third = clients.remove(2);
    for client in &mut clients {
        say_hello(client);
    }
    third.send(b"hello\n");
    third.expect_silence(Duration::from_millis(50));
    clients.remove(0).finish_sending();
    third.expect(b"hello\n");
}

#[test]
fn of_fifty_clients_at_once_none_is_stranded() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Fifty clients came at once; each leaves when it has its answer, and makes room for the next. This one \
         was left in the queue, and no further edge will come.",
        BOOK,
    );
    for mut client in clients_at_once(&server, 50) {
        say_hello(&mut client);
    }
}

#[test]
fn free_workers_sleep_in_epoll_wait() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Nobody is there. All workers should sleep, and in epoll_wait: one that sleeps in accept hears of \
         nothing but clients.",
        BOOK,
    );
    for client in &mut clients_at_once(&server, 1) {
        say_hello(client);
        client.finish_sending();
        client.expect_end();
    }
    // On a busy machine, one that has not been needed yet may not even have begun.
    let deadline = Instant::now() + DEADLINE;
    while server.report().matches("sleeps in epoll_wait").count() != 2 {
        if Instant::now() >= deadline {
            server.fail_with("two workers that sleep in epoll_wait", "workers elsewhere");
        }
    }
    server.expect_sleep(Duration::from_millis(100));
    server.expect_no_wake_ups();
    server.teach(
        "What the workers wait for in epoll_wait is the listener: they have to hear of each client.",
        BOOK,
    );
    server.expect_listener_watched(EpollFlags::EPOLLIN);
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients cut their connections (RST), while they were served or before: for the worker that is the end of \
         this client, and not of its own work.",
        BOOK,
    );
    for _ in 0..4 {
        let mut rude = server.client();
        say_hello(&mut rude);
        rude.reset();
        server.wait_until_asleep();
        server.client().reset();
        server.wait_until_asleep();
    }
    // Both workers are needed.
    let mut first = server.client();
    say_hello(&mut first);
    say_hello(&mut server.client());
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have come and gone, and their sockets are still open in the server.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        say_hello(&mut client);
        client.finish_sending();
        client.expect_end();
    });
}

fn say_hello(client: &mut Client) {
    client.send(b"hello\n");
    client.expect(b"hello\n");
}

/// Whether a worker has taken this client out of the queue, and keeps it waiting.
fn is_held(server: &Server, client: &Client) -> bool {
    let stream = client.stream();
    let answer = stream
        .set_read_timeout(Some(Duration::from_millis(250)))
        .and_then(|()| uninterrupted(|| stream.peek(&mut [0])));
    answer.is_err() && server.report().contains("nobody waits in its accept queue")
}

/// Clients that have all come before a worker looks: on loopback, a connection is in the accept queue
/// when `connect` returns.
fn clients_at_once(server: &Server, number: usize) -> Vec<Client> {
    server.while_stopped(|| server.clients(number))
}
