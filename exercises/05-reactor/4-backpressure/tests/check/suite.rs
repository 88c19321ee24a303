//! One client that sends and sends, and doesn't read: what that does to the server, to others, and to its
//! own bytes.

use std::net::TcpListener;
use std::time::{Duration, Instant};
use std::{fs, io};

use crate::subject::{HIGH, LOW, Output, serve};
use harness::{Client, DEADLINE, EpollFlags, Server, call};
use nix::sys::socket::{setsockopt, sockopt};

const BOOK: &str = "05-reactor.html#read-the-code";
const MIB: usize = 1 << 20;

#[test]
fn what_a_client_sends_comes_back() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients that read what they get are served as before, however much it is.",
        BOOK,
    );
    let bytes = bytes(4 * MIB);
    let (mut one, mut two) = (server.client(), server.client());
    two.exchange(b"two\n", b"two\n");
    one.exchange(&bytes, &bytes);
    one.finish_sending();
    one.expect_end();
    two.exchange(b"still two\n", b"still two\n");
}

#[test]
fn a_client_that_never_reads_does_not_fill_the_memory() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A client sent, and never read, and the server kept all the answers in its memory. From the \
         high-water mark on it should no longer read from that client, but let it wait.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let before = memory(&server);
    let taken = client.flood(&bytes(64 * MIB));
    let grown = memory(&server).saturating_sub(before);
    if grown > 8 * MIB {
        let (taken, grown) = (taken / MIB, grown / MIB);
        server.fail_with(
            "a server that grows by less than 8 MiB",
            &format!("it took {taken} MiB from the client, and grew by {grown} MiB"),
        );
    }
}

#[test]
fn the_others_are_served_meanwhile() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Another client doesn't read its answers. That is between it and the server; nobody else should \
         have to wait.",
        BOOK,
    );
    let (mut other, mut clogged) = (server.client(), server.client());
    clogged.flood(&bytes(32 * MIB));
    other.exchange(b"hello\n", b"hello\n");
    server.client().exchange(b"new here\n", b"new here\n");
}

#[test]
fn the_server_sleeps_meanwhile() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client doesn't read, and its socket has no room. Until that changes there is nothing to do; but \
         epoll was asked for something that is always there.",
        BOOK,
    );
    let mut client = server.client();
    client.flood(&bytes(32 * MIB));
    expect_sleep(&server);
}

#[test]
fn a_client_that_reads_late_gets_every_byte() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent for as long as the server took its bytes, and only then began to read. It should \
         get all of them: those that were pending, and those that the server had not read yet.",
        BOOK,
    );
    let mut client = server.client();
    let mut sent = bytes(32 * MIB);
    let taken = client.flood(&sent);
    sent.truncate(taken);
    client.expect(&sent);
    client.exchange(b"more\n", b"more\n");
    client.finish_sending();
    client.expect_end();
}

#[test]
fn an_output_that_is_not_full_is_sent_too() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "This client's socket took a part of the answer, and the rest, less than HIGH, is pending. Room is to be \
         watched for (EPOLLOUT) as long as anything is pending, full or not.",
        BOOK,
    );
    // How much the sockets take is up to the machine: among these sizes are some that leave a little over.
    for size in (MIB / 8..6 * MIB).step_by(MIB / 8) {
        let mut client = server.client();
        let mut sent = bytes(size);
        let taken = client.flood(&sent);
        sent.truncate(taken);
        server.wait_until_asleep();
        client.expect(&sent);
    }
}

#[test]
fn a_client_that_has_finished_sending_gets_the_rest() {
    let server = Server::answer(|listener| serve_with_little_room(&listener));
    server.teach(
        "The client sent until nothing more went in, finished sending, and only then read. The end of its input is no \
         end of its output: what is pending has to be sent, so room is to be watched for; and input no longer, \
         since its end is readable for ever.",
        BOOK,
    );
    let (mut client, sent) = client_with_a_little_pending(&server);
    client.finish_sending();
    expect_sleep(&server);
    server.expect_watched(&client, EpollFlags::EPOLLOUT);
    client.expect_last(&sent);
}

#[test]
fn it_reads_on_until_the_output_is_full() {
    let server = Server::answer(|listener| serve_with_little_room(&listener));
    server.teach(
        "Some bytes are pending for this client, but far fewer than HIGH. So its input is to be watched for as well as \
         room: a little that waits is no reason to stop reading.",
        BOOK,
    );
    let (mut client, mut sent) = client_with_a_little_pending(&server);
    let both = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT;
    server.expect_watched(&client, both);
    // Now more than LOW.
    let more = bytes(LOW + HIGH / 4);
    client.send(&more);
    client.wait_until_read();
    sent.extend(more);
    server.expect_watched(&client, both);
    client.expect(&sent);
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients cut their connections (RST): one that was silent, one for which much was pending. The next read or \
         write on such a connection fails, and that is its end only.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let mut silent = server.client();
    silent.exchange(b"hello\n", b"hello\n");
    silent.reset();
    let mut full = server.client();
    full.flood(&bytes(32 * MIB));
    full.reset();
    client.exchange(b"still here\n", b"still here\n");
    expect_sleep(&server);
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have got their answers, and have gone. Their sockets are still open in the server.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.send(b"hello");
        client.finish_sending();
        client.expect_last(b"hello");
    });
}

#[test]
fn whether_it_is_full_depends_on_no_question() {
    let full: bool = call(|| {
        let mut output = Output::default();
        output.push(&vec![1; HIGH]);
        output.consume(HIGH - LOW - 1);
        output.is_full()
    });
    let free: bool = call(|| {
        let mut output = Output::default();
        output.push(&vec![1; HIGH]);
        output.consume(HIGH - LOW);
        output.push(&vec![1; HIGH - LOW - 1]);
        output.is_full()
    });
    assert!(
        full && !free,
        "pending   HIGH, then LOW + 1; and HIGH, then LOW, then HIGH - 1\n\
         expected  full in the end, and not full\n\
         received  {}, and {}\n\
         it means  Nobody asked in between. What has been pending counts, whether somebody asked\n          \
         at that moment or not.\n\
         read      book: {BOOK}",
        if full { "full" } else { "not full" },
        if free { "full" } else { "not full" }
    );
}

#[test]
fn between_the_marks_it_stays_as_it_was() {
    let seen = call(|| {
        let mut output = Output::default();
        let mut seen = vec![output.is_full()];
        output.push(&vec![1; LOW + 1]);
        seen.push(output.is_full());
        output.push(&vec![2; HIGH - LOW - 2]);
        seen.push(output.is_full());
        output.push(&[3]);
        seen.push(output.is_full());
        output.consume(HIGH - LOW - 1);
        seen.push(output.is_full());
        output.push(&[4]);
        output.consume(1);
        seen.push(output.is_full());
        output.consume(1);
        seen.push(output.is_full());
        output.push(&[5]);
        seen.push(output.is_full());
        seen
    });
    let pending = [
        "0", "LOW + 1", "HIGH - 1", "HIGH", "LOW + 1", "LOW + 1", "LOW", "LOW + 1",
    ];
    let expected = [false, false, false, true, true, true, false, false];
    let word = |full| if full { "full" } else { "not full" };
    if let Some(step) = (0..expected.len()).find(|&step| seen[step] != expected[step]) {
        let way = pending[..=step].join(", then ");
        panic!(
            "pending   {way}\n\
             expected  {} in the end\n\
             received  {}\n\
             it means  Full from HIGH bytes on, and until no more than LOW are left:\n          \
             between the marks, what was before decides.\n\
             read      book: {BOOK}",
            word(expected[step]),
            word(seen[step])
        );
    }
}

/// Serves with sockets that take less than usual: so a little is pending soon.
fn serve_with_little_room(listener: &TcpListener) -> io::Result<()> {
    setsockopt(listener, sockopt::SndBuf, &(256 << 10))?;
    serve(listener)
}

/// A client that hasn't read, and for which some bytes are pending, fewer than LOW; and what it has sent.
fn client_with_a_little_pending(server: &Server) -> (Client, Vec<u8>) {
    let mut client = server.client();
    // By itself, the kernel would let this buffer grow to megabytes.
    setsockopt(client.stream(), sockopt::RcvBuf, &(64 << 10)).unwrap();
    let piece = bytes(16 * 1024);
    let mut sent = Vec::new();
    loop {
        client.send(&piece);
        client.wait_until_read();
        sent.extend_from_slice(&piece);
        // Room is watched for now and then, before the kernel has taken all that it takes.
        if server.is_watched(&client, EpollFlags::EPOLLOUT) {
            server.wait_until_asleep();
            if server.is_watched(&client, EpollFlags::EPOLLOUT) {
                return (client, sent);
            }
        }
    }
}

/// Expects that the server uses (next to) no CPU time. On a busy machine one that spins gets little, too.
#[track_caller]
fn expect_sleep(server: &Server) {
    // On a busy machine it may still have its last bytes to write.
    let deadline = Instant::now() + DEADLINE;
    while !server.report().contains("sleeps in epoll_wait") && Instant::now() < deadline {}
    let used = server.cpu_over(Duration::from_millis(300));
    if used > Duration::from_millis(3) {
        server.fail_with(
            "next to no CPU time over 300 ms",
            &format!("{} ms of CPU time", used.as_millis()),
        );
    }
    server.expect_no_wake_ups();
}

/// Bytes in which one that is missing, or too many, shows.
fn bytes(count: usize) -> Vec<u8> {
    let pattern: Vec<u8> = (0..251).collect();
    let mut bytes = pattern.repeat(count / pattern.len() + 1);
    bytes.truncate(count);
    bytes
}

/// The server's own memory that is in use, in bytes (`proc_pid_status(5)`).
fn memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    1024 * kib.unwrap_or(0)
}
