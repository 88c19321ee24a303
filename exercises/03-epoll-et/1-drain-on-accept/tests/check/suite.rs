//! Clients one by one, and clients that come while the server isn't looking.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::subject::serve;
use harness::{Client, DEADLINE, Server, Signal};

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
    let mut rest = while_held(&server, || {
        let first = server.client();
        let second = server.client();
        let third = server.client();
        wait_for_queue(&server, 3);
        first.reset();
        [second, third]
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
    server.expect_sleep(Duration::from_millis(200));
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

/// Clients that have all come before the server looks.
fn clients_at_once(server: &Server, number: usize) -> Vec<Client> {
    while_held(server, || {
        let clients = server.clients(number);
        wait_for_queue(server, number);
        clients
    })
}

/// Stops the server (SIGSTOP) while something happens.
fn while_held<T>(server: &Server, happens: impl FnOnce() -> T) -> T {
    server.signal(Signal::SIGSTOP);
    wait_until(server, "a server that can be stopped", || {
        is_stopped(server)
    });
    let happened = happens();
    server.signal(Signal::SIGCONT);
    happened
}

/// Whether all its threads stand still: state `T` in `/proc/PID/task/TID/stat` (`proc_pid_stat(5)`).
fn is_stopped(server: &Server) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{}/task", server.pid())) else {
        return false;
    };
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit(") ")
            .next()
            .unwrap_or_default()
            .starts_with('T')
    })
}

/// Waits until `number` connections are in the server's accept queue: that of a listening socket (state
/// `0A`) is what `/proc/net/tcp` shows as its receive queue.
fn wait_for_queue(server: &Server, number: usize) {
    let listener = format!(":{:04X} 00000000:0000 0A ", server.address().port());
    wait_until(server, "clients in its accept queue", || {
        let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        let queued = table.lines().find_map(|row| {
            let (_, queues) = row.split_once(&listener)?;
            usize::from_str_radix(queues.get(9..17)?, 16).ok()
        });
        queued == Some(number)
    });
}

fn wait_until(server: &Server, what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        if Instant::now() >= deadline {
            server.fail_with(what, "nothing of the kind within 3 s");
        }
        thread::yield_now();
    }
}
