//! More connections than one table of descriptors may hold.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpStream;

use harness::experiment::until;
use harness::{Server, Signal};

use crate::{PROGRAM, start_with};

/// How many sockets each thread of `server` has in its table.
fn sockets(server: &Server) -> Vec<usize> {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
    let count = |task: fs::DirEntry| {
        let open = fs::read_dir(task.path().join("fd")).unwrap();
        let links = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        let socket = |link: &std::path::PathBuf| link.to_string_lossy().starts_with("socket:");
        links.filter(socket).count()
    };
    tasks.map(|task| count(task.unwrap())).collect()
}

#[test]
fn more_clients_than_one_table_holds_are_served_on_one_port() {
    let server = start_with(300, &["--connections", "1500"]);
    let mut clients = server.clients(600);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    for client in &mut clients {
        client.exchange(b"still here?\n", b"still here?\n");
    }
}

#[test]
fn each_loop_has_its_connections_in_a_table_of_its_own() {
    let server = Server::spawn(PROGRAM, &["--loops", "4"]);
    let mut clients = server.clients(200);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    let tables = sockets(&server);
    assert_eq!(tables.len(), 4);
    // Each has a listener; no connection is in two tables.
    assert_eq!(tables.iter().sum::<usize>(), 200 + 4, "{tables:?}");
}

#[test]
fn a_stop_tells_all_and_closes_every_listener_at_once() {
    let server = Server::spawn(PROGRAM, &["--loops", "4", "--grace", "60"]);
    let mut clients = server.clients(100);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    // Those that read nothing keep their loops alive.
    let mut slow: Vec<_> = (0..16).map(|_| server.slow_client()).collect();
    for client in &mut slow {
        client.flood(&b"a line\n".repeat(1 << 20));
    }
    server.signal(Signal::SIGTERM);
    for client in &mut clients {
        client.expect_end();
    }
    until("all listeners are closed", &mut || {
        (0..32).all(|_| {
            let error = TcpStream::connect(server.address()).err();
            error.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
        })
    });
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn too_few_descriptors_are_refused_with_a_word() {
    let limited = "ulimit -n 100 && exec \"$0\" --port 0";
    let output = std::process::Command::new("sh")
        .args(["-c", limited, PROGRAM])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("too few descriptors"), "{said}");
}
