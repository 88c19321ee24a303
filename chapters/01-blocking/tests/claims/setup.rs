//! Mistakes on the way to a listener (bugs B14, B15, B24).

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;

use harness::experiment::{loopback, pair, until_state};
use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

#[test]
fn b14_after_a_failed_bind_listen_takes_any_port() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let wanted = taken.local_addr().unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = socket.bind(&wanted.into()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::EADDRINUSE as i32));
    socket.listen(8).unwrap(); // as if nothing had happened
    let got = socket.local_addr().unwrap().as_socket_ipv4().unwrap();
    assert!(
        got.ip().is_unspecified() && got.port() != wanted.port(),
        "it listens on {got}"
    );
}

#[test]
fn b15_time_wait_keeps_the_port_from_a_server_without_reuseaddr() {
    let (client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    drop(server); // the server closes first …
    drop(client);
    until_state(there, here, "TIME_WAIT");
    let restarted = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap(); // … and starts anew
    let error = restarted().bind(&there.into()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::EADDRINUSE as i32));
    ch01_blocking::listen(there, 8).unwrap();
}

#[test]
fn b15_a_server_that_had_no_reuseaddr_keeps_the_port_even_from_one_that_has() {
    let without = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    without.bind(&loopback().into()).unwrap();
    without.listen(8).unwrap();
    let listener = TcpListener::from(without);
    let there = listener.local_addr().unwrap();
    let client = TcpStream::connect(there).unwrap();
    let here = client.local_addr().unwrap();
    drop(listener.accept().unwrap()); // it closes first …
    drop((listener, client));
    until_state(there, here, "TIME_WAIT");
    let error = ch01_blocking::listen(there, 8).unwrap_err(); // … and starts anew
    assert_eq!(error.raw_os_error(), Some(Errno::EADDRINUSE as i32));
}

#[test]
fn b24_a_server_that_cannot_start_says_so_in_its_exit_code() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_ch01-blocking"))
        .args(["--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !output.stderr.is_empty());
}
