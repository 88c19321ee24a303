//! Writing to somebody who has gone: FIN, RST, EPIPE and SIGPIPE (claims C084 to C090).

use std::io::{ErrorKind, PipeReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use harness::experiment::{fill, pair, reset, until_state};
use nix::errno::Errno;
use nix::sys::signal::Signal;

/// A connection whose server's end was closed in full, and both addresses, the client's first.
fn abandoned() -> (TcpStream, SocketAddr, SocketAddr) {
    let (mut client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    drop(server);
    assert_eq!(client.read(&mut [0]).unwrap(), 0, "the FIN is here");
    (client, here, there)
}

/// A shell writes to `output` twice. `between` runs between the two writes.
///
/// A program started by Rust has its SIGPIPE back at the default action, as any C program has.
fn shell_writes_twice(output: OwnedFd, between: impl FnOnce()) -> ExitStatus {
    let script = "echo one && echo written >&2 && read go && echo two && read go";
    let mut shell = Command::new("sh")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut written = [0; 8];
    shell
        .stderr
        .take()
        .unwrap()
        .read_exact(&mut written)
        .unwrap();
    between();
    let mut go = shell.stdin.take().unwrap();
    let _ = go.write_all(b"go\ngo\n"); // it may be dead before the second
    shell.wait().unwrap()
}

#[test]
fn c084_who_closes_first_is_in_fin_wait_2_and_the_other_in_close_wait() {
    let (client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    drop(server);
    until_state(there, here, "FIN_WAIT2");
    until_state(here, there, "CLOSE_WAIT");
}

#[test]
fn c085_a_fin_says_only_that_no_more_will_come() {
    let (mut client, mut server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    for _ in 0..5 {
        server.write_all(b"x").unwrap();
    }
    drop(server);
    let mut received = String::new();
    client.read_to_string(&mut received).unwrap();
    assert_eq!(received, "xxxxx");
}

#[test]
fn c086_the_first_write_after_the_peers_close_succeeds() {
    let (mut client, _, _) = abandoned();
    assert_eq!(client.write(b"one").unwrap(), 3);
}

#[test]
fn c087_bytes_for_a_closed_socket_are_answered_with_a_reset() {
    let (mut client, here, there) = abandoned();
    client.write_all(b"one").unwrap();
    until_state(here, there, "gone"); // the reset ended the connection
    let remembered = client.take_error().unwrap().unwrap();
    assert_eq!(remembered.raw_os_error(), Some(Errno::EPIPE as i32));
}

#[test]
fn c087_closing_with_unread_bytes_sends_a_reset_instead_of_a_fin() {
    let (mut client, server) = pair();
    client.write_all(b"never read").unwrap();
    let _until_they_have_come = server.peek(&mut [0; 10]).unwrap();
    drop(server);
    let error = client.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn c087_a_reset_destroys_the_answer_that_is_still_on_its_way() {
    let (mut client, server) = pair();
    client.write_all(b"never read").unwrap();
    let _until_they_have_come = server.peek(&mut [0; 10]).unwrap();
    server.set_nonblocking(true).unwrap();
    let answered = fill(&server); // the client's receive buffer and the server's send buffer
    drop(server);
    let mut received = Vec::new();
    let error = client.read_to_end(&mut received).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(received.len() < answered, "all {answered} bytes came");
}

#[test]
fn c088_the_signal_kills_who_writes_and_not_who_closed() {
    // This process closes one end. A shell writes to the other, which both processes hold.
    let (client, here, there) = abandoned();
    let ended = shell_writes_twice(client.try_clone().unwrap().into(), || {
        until_state(here, there, "gone");
    });
    assert_eq!(ended.signal(), Some(Signal::SIGPIPE as i32));
    assert_eq!(
        client.local_addr().unwrap(),
        here,
        "this process and its socket are still there"
    );
}

#[test]
fn c089_the_second_write_kills_unless_the_signal_is_ignored() {
    let (client, here, there) = abandoned();
    let ended = shell_writes_twice(client.into(), || until_state(here, there, "gone"));
    assert_eq!(ended.signal(), Some(Signal::SIGPIPE as i32));

    // Rust ignores SIGPIPE from the start: the same write is an error, and may be handled.
    let (mut client, here, there) = abandoned();
    client.write_all(b"one").unwrap();
    until_state(here, there, "gone");
    let error = client.write(b"two").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn c089_after_a_reset_the_first_write_says_so_and_the_second_is_a_broken_pipe() {
    let (mut client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    reset(server);
    until_state(here, there, "gone");
    assert_eq!(
        client.write(b"one").unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
    assert_eq!(
        client.write(b"two").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
}

#[test]
fn c090_a_pipe_without_a_reader_kills_as_well() {
    let (reader, writer) = std::io::pipe().unwrap();
    let ended = shell_writes_twice(writer.into(), || drop::<PipeReader>(reader));
    assert_eq!(ended.signal(), Some(Signal::SIGPIPE as i32));
}
