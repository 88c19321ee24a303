//! Stage 02: one thread, one epoll.

use std::fs;

use harness::EpollFlags;
use harness::echo::descriptors;

use crate::Subject;

const BOOK: &str = "02-epoll-lt.html#read-the-code";

/// How many threads this process has.
pub(crate) fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

/// A thread for each client is chapter 01's answer.
pub fn one_thread_serves_all_clients(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "From this stage on, one thread serves all clients: it asks epoll which of them is ready, and never \
         waits for one of them.",
        BOOK,
    );
    let mut clients = server.clients(10);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    let threads = threads(server.pid());
    if threads != 1 {
        server.fail_with("one thread", &format!("{threads} threads for 10 clients"));
    }
}

/// What isn't in the set can't be reported.
pub fn epoll_watches_the_listener_and_each_client(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "Register the listener and each client with one epoll (EPOLL_CTL_ADD), and wait for them with \
         epoll_wait. A loop that asks each socket in turn, or select or poll, answers too, but costs more \
         with every client.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    server.expect_listener_watched(EpollFlags::EPOLLIN);
    server.expect_watched(&client, EpollFlags::EPOLLIN);
}

/// The end of one client leaves nothing in the set.
pub fn a_client_that_has_left_is_watched_no_more(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "At end of file, close the client's descriptor: that takes it out of the epoll, too, if no copy of \
         it is open (dup, try_clone).",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.exchange(b"hello\n", b"hello\n");
        drop(client);
    });
}

/// Neither a spin nor a time limit.
pub fn nothing_wakes_a_server_while_nothing_happens(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "Wait without a time limit (-1, EpollTimeout::NONE): epoll wakes you when there is something to do.",
        BOOK,
    );
    let mut clients = server.clients(3);
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
    server.expect_no_wake_ups();
}

/// `epoll_wait` fails with EINTR after a stop, even without a signal handler (signal(7)).
pub fn a_server_that_was_stopped_goes_on(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "Ctrl-Z and a debugger stop a process, and when it goes on, epoll_wait fails with EINTR. That is no \
         error: wait again.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"before\n", b"before\n");
    server.wait_until_asleep();
    server.while_stopped(|| {});
    client.exchange(b"after\n", b"after\n");
}

/// EMFILE leaves the client in the accept queue.
pub fn without_a_free_descriptor_it_sleeps_and_serves_those_that_wait_later(subject: &Subject) {
    let server = subject.start_with_few_descriptors();
    descriptors::it_neither_spins_nor_goes_deaf(&server, BOOK);
}
