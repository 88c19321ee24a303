//! Clients one by one, and clients that come while no worker is looking.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::subject::serve;
use harness::{Client, DEADLINE, Server, Signal};

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
         second is in the queue, or with that same worker, and the other worker sleeps, since nobody tells it.",
        BOOK,
    );
    for client in &mut clients_at_once(&server, 2) {
        say_hello(client);
    }
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
    server.expect_sleep(Duration::from_millis(100));
    if server.report().matches("sleeps in epoll_wait").count() != 2 {
        server.fail_with("two workers that sleep in epoll_wait", "workers elsewhere");
    }
}

fn say_hello(client: &mut Client) {
    client.send(b"hello\n");
    client.expect(b"hello\n");
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
