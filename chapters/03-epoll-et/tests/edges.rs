//! What an edge stands for: much at once, and nobody will say so again.
//!
//! The server is stopped (SIGSTOP) while bytes or clients gather, so that when it goes on, one edge
//! stands for all of them.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use harness::{Client, DEADLINE, Server, Signal};

fn start() -> Server {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch03-epoll-et"), &[]);
    server.teach(
        "An edge is reported once. What wasn't taken then waits for an edge that may never come: \
         drain until the call would block.",
        "03-epoll-et.html#read-the-code",
    );
    server
}

/// Does `what` while the server stands still.
fn while_stopped<T>(server: &Server, what: impl FnOnce() -> T) -> T {
    server.signal(Signal::SIGSTOP);
    wait_until("the server has stopped", || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap_or_default();
        // The state follows the name in parentheses; T is stopped (proc_pid_stat(5)).
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" T"))
    });
    let result = what();
    server.signal(Signal::SIGCONT);
    result
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::yield_now();
    }
}

/// Whether all that `client` has sent lies in the server's receive queue.
fn has_arrived(client: &Client) -> bool {
    let port = format!(":{:04X} ", client.address().port());
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux has /proc/net/tcp");
    // Columns (proc_pid_net(5)): sl, local_address, rem_address, st, tx_queue:rx_queue …
    let row = table.lines().find(|row| row[..20].contains(&port));
    row.and_then(|row| row.split_whitespace().nth(4))
        .is_some_and(|queues| queues.starts_with("00000000:"))
}

#[test]
fn one_edge_of_the_listener_may_stand_for_many_clients() {
    let server = start();
    let mut clients = while_stopped(&server, || server.clients(200));
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
}

#[test]
fn one_edge_may_stand_for_more_bytes_than_a_read_takes() {
    let server = start();
    let mut line = vec![b'x'; 40_000];
    line.push(b'\n');
    let mut client = server.client();
    while_stopped(&server, || {
        client.send(&line);
        wait_until("all has arrived", || has_arrived(&client));
    });
    client.expect(&line);
}

#[test]
fn one_edge_may_stand_for_data_and_the_end() {
    let server = start();
    let mut client = server.client();
    while_stopped(&server, || {
        client.send(b"one\ntwo");
        client.finish_sending();
        wait_until("all has arrived", || has_arrived(&client));
    });
    client.expect_last(b"one\ntwo");
}

#[test]
fn one_edge_may_stand_for_more_than_a_turn() {
    let server = start();
    let lines = b"a line among many\n".repeat(5_000);
    let mut client = server.client();
    // The kernel enlarges the receive buffer of a connection that moves much, until it holds all.
    let deadline = Instant::now() + DEADLINE;
    loop {
        let arrived = while_stopped(&server, || {
            client.send(&lines);
            thread::sleep(Duration::from_millis(1));
            has_arrived(&client)
        });
        client.expect(&lines);
        if arrived {
            return;
        }
        assert!(Instant::now() < deadline, "the receive buffer stays small");
    }
}
