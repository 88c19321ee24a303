//! A stop in the middle of everything.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use crate::subject::serve;
use harness::experiment::entry;
use harness::{Client, DEADLINE, Server, Signal};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::SignalFd;

const BOOK: &str = "05-reactor.html#read-the-code";
/// More time than any test has.
const LONG: Duration = Duration::from_mins(1);
/// The kernel lets no more wait to be accepted, unless told otherwise (`listen(2)`).
const MORE_THAN_A_QUEUE: usize = 5_000;
const SHORT: Duration = Duration::from_millis(300);

#[test]
fn lines_come_back() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach("No stop yet: each line goes back as it is.", BOOK);
    let mut client = server.client();
    client.exchange(b"one\ntwo\n", b"one\ntwo\n");
    client.exchange(b"three\n", b"three\n");
    client.finish_sending();
    client.expect_end();
}

#[test]
fn an_idle_server_ends_at_once() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "Nobody is connected, so there is nothing to wait for. The grace is for clients that need it.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    client.finish_sending();
    client.expect_end();
    server.signal(Signal::SIGTERM);
    expect_good_end(&server);
}

#[test]
fn idle_clients_are_let_go() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "These clients have got all their answers. They should be told at the stop that this was the end, \
         although nothing happens on their connections any more.",
        BOOK,
    );
    let mut clients = server.clients(3);
    for client in &mut clients {
        client.exchange(b"hello\nand ", b"hello\n");
    }
    server.signal(Signal::SIGTERM);
    for client in &mut clients {
        client.expect_end();
    }
    drop(clients);
    expect_good_end(&server);
}

#[test]
fn accepted_lines_are_answered() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "The server had read all these lines before it was told to stop. Most of the answers were still \
         in its memory, because the client hadn't read any.",
        BOOK,
    );
    let (mut client, lines) = clog(&server);
    server.signal(Signal::SIGTERM);
    client.expect_last(&lines);
    drop(client);
    expect_good_end(&server);
}

#[test]
fn what_comes_too_late_does_not_destroy_the_answers() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "After the stop the client sent one more line, which needs no answer. But to close a socket in \
         which something waits unread resets the connection, and what is under way is lost. Shut down the \
         sending side, and read until the client has closed as well.",
        BOOK,
    );
    let (mut client, lines) = clog(&server);
    server.signal(Signal::SIGTERM);
    expect_refusal(&server);
    client.send(b"too late\n");
    client.expect(&lines);
    let rest = client.read_to_end();
    if !rest.is_empty() {
        server.teach(
            "This line came after the stop and was answered. It is to be read and thrown away.",
            BOOK,
        );
        let rest = format!("{:?}", String::from_utf8_lossy(&rest));
        server.fail_with("the end of the connection", &rest);
    }
    drop(client);
    expect_good_end(&server);
}

#[test]
fn what_comes_after_the_last_answer_does_not_destroy_it() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "At the stop all answers were written, but many still under way: in the socket, as the client hadn't \
         read yet. Then the client sent one more line. A socket that has been closed, even after \
         shutdown(Write), takes nothing: it sends a reset, and what is under way is lost. Keep it open, and \
         read until the client has finished sending.",
        BOOK,
    );
    let (mut client, lines) = answer_under_way(&server);
    server.signal(Signal::SIGTERM);
    expect_refusal(&server);
    wait_for_goodbye(&client, &server);
    client.send(b"too late\n");
    // Read or refused: either way, the server's side has dealt with it.
    client.wait_until_read();
    client.expect_last(&lines);
    drop(client);
    expect_good_end(&server);
}

#[test]
fn newcomers_are_refused() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "A client that hasn't read its answers keeps the server up after the stop. But the listener is to be \
         closed, so that newcomers know at once that there is nobody for them.",
        BOOK,
    );
    let (mut client, lines) = clog(&server);
    server.signal(Signal::SIGTERM);
    expect_refusal(&server);
    // A server that has ended refuses, too.
    client.expect_last(&lines);
}

#[test]
fn it_sleeps_while_it_waits() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "After the stop the server waits for a client that doesn't read. Something wakes it up again and \
         again: a stop descriptor that stays readable, or a timeout of 0.",
        BOOK,
    );
    let (_client, _) = clog(&server);
    server.signal(Signal::SIGTERM);
    expect_refusal(&server);
    expect_sleep(&server);
}

#[test]
fn nobody_holds_it_beyond_the_deadline() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), SHORT));
    server.teach(
        "One client never reads its answers, another never closes its connection. At the deadline, 300 ms \
         after the stop, the server should end all the same, although nothing happens at that moment.",
        BOOK,
    );
    let mut silent = server.client();
    silent.exchange(b"hello\n", b"hello\n");
    let (_client, _) = clog(&server);
    server.signal(Signal::SIGTERM);
    expect_good_end(&server);
}

#[test]
fn a_client_that_goes_on_sending_does_not_hold_it() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), SHORT));
    server.teach(
        "After the stop a client goes on sending, more often than the grace is long. The deadline is 300 ms after \
         the stop, whatever happens meanwhile: it must not begin anew with each event.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let sender = client.stream().try_clone().expect("a descriptor");
    let sender = thread::spawn(move || {
        // Until the connection is gone; and, with a server that never ends, not for ever.
        let until = Instant::now() + 3 * DEADLINE;
        while (&sender).write_all(b".").is_ok() && Instant::now() < until {
            thread::sleep(SHORT / 10);
        }
    });
    server.signal(Signal::SIGTERM);
    expect_good_end(&server);
    sender.join().expect("it doesn't panic");
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let stop = stop_signal();
    let server = Server::answer(|listener| serve(listener, stop.as_fd(), LONG));
    server.teach(
        "Clients cut their connections (RST), before the stop and after it, with answers pending and without. The \
         next read or write on such a connection fails. That is its own end, and no error of the server.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let mut rude = server.client();
    rude.exchange(b"hello\n", b"hello\n");
    rude.reset();
    client.exchange(b"still here\n", b"still here\n");
    let (full, _) = clog(&server);
    server.signal(Signal::SIGTERM);
    client.expect_end();
    full.reset();
    client.reset();
    expect_good_end(&server);
}

/// A descriptor that becomes readable when SIGTERM comes.
///
/// To be called before the child starts: all threads of a process must block a signal that a signalfd
/// is to get, and a child begins with the signals blocked that its parent's thread blocks.
fn stop_signal() -> SignalFd {
    let mask = SigSet::from_iter([Signal::SIGTERM]);
    mask.thread_block().expect("a mask of signals");
    SignalFd::new(&mask).expect("a signalfd")
}

/// A client whose lines the server has read, and whose answers it can't get rid of: they are more than
/// the kernel's buffers hold.
fn clog(server: &Server) -> (Client, Vec<u8>) {
    let hundred: Vec<_> = (0..100)
        .map(|number| format!("{number:02} bottles of water on the wall\n"))
        .collect();
    let hundred = hundred.concat();
    let lines = hundred.repeat((16 << 20) / hundred.len()).into_bytes();
    let mut client = server.client();
    client.send(&lines);
    let deadline = Instant::now() + DEADLINE;
    while is_unacknowledged(&client, server) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    // All is on the server's side by now, and read once nothing waits there.
    client.wait_until_read();
    (client, lines)
}

/// A client whose answers are all written, while a part of them is still in the server's socket: the
/// client's own has no room for it. How much a socket takes depends on the machine, and on how much
/// memory all its sockets use: so the client's buffer is a small one, and the answers are few.
fn answer_under_way(server: &Server) -> (Client, Vec<u8>) {
    let lines = b"bottles of water on the wall\n".repeat(512);
    let mut client = server.slow_client();
    client.send(&lines);
    let deadline = Instant::now() + DEADLINE;
    let [mut here, mut there] = [0, 0];
    while here + there != lines.len() {
        if Instant::now() >= deadline {
            server.fail_with("an answer to each line", "some are still missing after 3 s");
        }
        here = entry(client.address(), server.address()).map_or(0, |end| end.unread);
        there = entry(server.address(), client.address()).map_or(0, |end| end.unsent);
    }
    assert!(there > 0, "the client's socket has taken all {here} bytes");
    (client, lines)
}

/// Waits until the server has shut down its side of this connection, or closed it.
fn wait_for_goodbye(client: &Client, server: &Server) {
    let deadline = Instant::now() + DEADLINE;
    let is_open =
        || entry(server.address(), client.address()).is_some_and(|end| end.state == "ESTABLISHED");
    while is_open() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether something that the client has sent has not arrived yet.
fn is_unacknowledged(client: &Client, server: &Server) -> bool {
    entry(client.address(), server.address()).is_some_and(|end| end.unsent > 0)
}

/// Waits until connections are refused.
#[track_caller]
fn expect_refusal(server: &Server) {
    let deadline = Instant::now() + DEADLINE;
    for tried in 0.. {
        // Once the accept queue is full, connect hears nothing for minutes.
        let result = TcpStream::connect_timeout(&server.address(), SHORT);
        match result.map_err(|error| error.kind()) {
            Err(ErrorKind::ConnectionRefused) => return,
            _ if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
            // On a busy machine, the queue may not be full yet.
            Ok(_) if tried < MORE_THAN_A_QUEUE => {}
            Err(ErrorKind::TimedOut) => {
                server.teach(
                    "Newcomers still connect: the listener is no longer watched, but it is open. Close it \
                     (drop the TcpListener).",
                    BOOK,
                );
                server.fail_with(
                    "a refusal of new connections",
                    "they wait in the accept queue, and it is full 3 s after the stop",
                );
            }
            _ => server.fail_with(
                "a refusal of new connections",
                "it still takes them 3 s after the stop",
            ),
        }
    }
}

/// Expects that the server uses (next to) no CPU time. On a busy machine one that spins gets little, too.
#[track_caller]
fn expect_sleep(server: &Server) {
    let used = server.cpu_over(Duration::from_millis(300));
    if used > Duration::from_millis(3) {
        server.fail_with(
            "next to no CPU time over 300 ms",
            &format!("{} ms of CPU time", used.as_millis()),
        );
    }
    server.expect_undisturbed_sleep();
}

/// Waits for the end of the server.
#[track_caller]
fn expect_good_end(server: &Server) {
    let status = server.wait();
    if !status.success() {
        server.fail_with("an end without an error", &status.to_string());
    }
}
