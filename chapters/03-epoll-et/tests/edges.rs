//! What an edge stands for: much at once, and nobody will say so again.
//!
//! The server is stopped (SIGSTOP) while bytes or clients gather, so that when it goes on, one edge
//! stands for all of them.

use std::fs;
use std::net::SocketAddr;
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
fn has_arrived(client: &Client, server: &Server) -> bool {
    // 127.0.0.1 and a port, as the table has them.
    let hex = |address: SocketAddr| format!("0100007F:{:04X}", address.port());
    let (local, remote) = (hex(client.address()), hex(server.address()));
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux has /proc/net/tcp");
    table.lines().any(|row| {
        // Columns (proc_pid_net(5)): sl, local_address, rem_address, st, tx_queue:rx_queue …
        let columns: Vec<&str> = row.split_whitespace().collect();
        columns[1..3] == [&local, &remote] && columns[4].starts_with("00000000:")
    })
}

#[test]
fn one_edge_of_the_listener_may_stand_for_many_clients() {
    let server = start();
    let mut clients = while_stopped(&server, || server.clients(200));
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
    while_stopped(&server, || {
        client.send(&line);
        wait_until("all has arrived", || has_arrived(&client, &server));
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
    while_stopped(&server, || {
        client.send(b"one\ntwo");
        client.finish_sending();
        wait_until("all has arrived", || has_arrived(&client, &server));
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
    while_stopped(&server, || {});
    client.exchange(b"after\n", b"after\n");
}
