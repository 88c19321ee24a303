//! Clients that pause before they finish, and clients that don't: while the server stands still, on
//! loopback, what is sent arrives before the call returns.

use std::time::Duration;

use crate::subject::serve;
use harness::{EpollFlags, Server};

const BOOK: &str = "03-epoll-et.html#read-the-code";

#[test]
fn a_pause_before_the_end() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The end came when the bytes had long been read: an edge of its own.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello");
    client.wait_until_read();
    client.finish_sending();
    client.expect_last(b"5\n");
}

#[test]
fn nothing_now_is_not_the_end() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client only paused. WouldBlock says: nothing now. Ok(0) says: nothing ever again.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one");
    client.wait_until_read();
    client.expect_silence(Duration::from_millis(50));
    client.send(b"two");
    client.wait_until_read();
    client.finish_sending();
    client.expect_last(b"6\n");
}

#[test]
fn data_and_end_in_one_edge() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Five bytes and the end of file came before the server looked: one edge. The bytes are read; the \
         end still lies in the socket, and only another read would find it. No event will tell.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello, ");
    client.wait_until_read();
    server.while_stopped(|| {
        client.send(b"world");
        client.finish_sending();
    });
    client.expect_last(b"12\n");
}

#[test]
fn a_long_message_and_its_end_in_one_edge() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The message takes several reads, and one more finds its end. How many, nobody can know before: \
         read until Ok(0) or WouldBlock.",
        BOOK,
    );
    let mut client = server.while_stopped(|| {
        let mut client = server.client();
        client.send(&[b'x'; 10_000]);
        client.finish_sending();
        client
    });
    client.expect_last(b"10000\n");
}

#[test]
fn clients_that_come_and_finish_at_once() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client had connected, spoken and finished before the server accepted it. When it is added to \
         the epoll, what has come already counts as an edge: one, for bytes and end of file.",
        BOOK,
    );
    let mut clients = server.while_stopped(|| {
        let mut clients = server.clients(3);
        for (client, message) in clients.iter_mut().zip([&b"a"[..], b"bb", b""]) {
            client.send(message);
            client.finish_sending();
        }
        clients
    });
    for (client, answer) in clients.iter_mut().zip([b"1\n", b"2\n", b"0\n"]) {
        client.expect_last(answer);
    }
}

#[test]
fn a_silent_client_keeps_nobody_waiting() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One client has not finished and says nothing. The server should wait for it in epoll_wait, where \
         it waits for the others, too.",
        BOOK,
    );
    let mut silent = server.client();
    silent.send(b"...");
    silent.wait_until_read();
    let mut client = server.client();
    client.send(b"hello");
    client.wait_until_read();
    client.finish_sending();
    client.expect_last(b"5\n");
    server.expect_sleep(Duration::from_millis(200));
    server.expect_no_wake_ups();
}

#[test]
fn single_bytes_are_all_counted() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent its bytes one by one, as fast as it could, so that some came between two reads of the \
         server. Whatever a read returns has to be counted, also one that was only to see whether more is there.",
        BOOK,
    );
    let mut client = server.client();
    for _ in 0..20_000 {
        client.send(b".");
    }
    client.wait_until_read();
    client.finish_sending();
    client.expect_last(b"20000\n");
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Another client cut its connection (RST): the read fails with ECONNRESET. That is the end of that client only.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hel");
    client.wait_until_read();
    for bytes in [&b""[..], b"rude"] {
        let mut rude = server.client();
        rude.send(bytes);
        rude.wait_until_read();
        rude.reset();
    }
    client.send(b"lo");
    client.wait_until_read();
    client.finish_sending();
    client.expect_last(b"5\n");
}

#[test]
fn connections_stay_edge_triggered() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Level-triggered, one read for each report would do, and with a thread for each client no report is \
         needed. Here, keep one thread and EPOLLET, and read on.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"...");
    client.wait_until_read();
    server.expect_watched(&client, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
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
        client.wait_until_read();
        client.finish_sending();
        client.expect_last(b"5\n");
    });
}
