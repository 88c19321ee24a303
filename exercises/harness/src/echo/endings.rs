//! Connections end in many ways, and each has its rule.

use std::thread;
use std::time::Instant;

use super::{RULES, many_lines};
use crate::{Client, Server};

/// What a server must survive is the same everywhere.
const SURVIVES: &str = "What one client does ends its own connection only.";

/// `quit` is answered before the connection ends.
pub fn quit_is_answered_and_ends(server: &Server) {
    server.teach(
        "`quit` is answered `goodbye`, then the server closes.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"quit\n");
    client.expect_last(b"goodbye\n");
}

/// A terminal or `telnet` sends CRLF.
pub fn quit_with_carriage_return_ends_too(server: &Server) {
    server.teach(
        "Many clients end a line with CRLF: `quit\\r\\n` is `quit`, too.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"quit\r\n");
    client.expect_last(b"goodbye\n");
}

/// The stream is answered up to `quit`, however much one read brings.
pub fn lines_before_quit_are_answered_and_later_ones_are_not(server: &Server) {
    server.teach(
        "Lines before `quit` are answered; what follows it is ignored.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"one\ntwo\nquit\nthree\nfo");
    client.expect_last(b"one\ntwo\ngoodbye\n");
}

/// Closing a socket with unread input sends a reset, which destroys the answer on its way.
pub fn goodbye_survives_a_flood(server: &Server) {
    server.teach(
        "Closing a socket with unread input sends a reset, and that destroys the answer on its way: \
         shut down writing, read and drop what still comes, then close.",
        RULES,
    );
    let mut client = server.client();
    client.flood(&[b"quit\n", many_lines(1 << 20).as_slice()].concat());
    client.expect_last(b"goodbye\n");
}

/// End of file completes nothing, but what was there goes back.
pub fn an_unfinished_last_line_comes_back(server: &Server) {
    server.teach(
        "At end of file, the unfinished last line goes back as it is.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"one\ntwo");
    client.finish_sending();
    client.expect_last(b"one\ntwo");
}

/// Without LF, `quit` isn't a line.
pub fn an_unfinished_quit_is_a_last_line(server: &Server) {
    server.teach(
        "`quit` without LF is an unfinished last line, and goes back as it is.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"quit");
    client.finish_sending();
    client.expect_last(b"quit");
}

/// Nothing sent, nothing to answer.
pub fn an_empty_connection_is_closed(server: &Server) {
    server.teach(
        "A read of 0 bytes is end of file: close the connection.",
        RULES,
    );
    let mut client = server.client();
    client.finish_sending();
    client.expect_end();
    drop(client);
    expect_service(server);
}

/// End of file from the client closes one direction only.
pub fn a_client_that_has_finished_sending_still_gets_all(server: &Server) {
    server.teach(
        "A client that has finished sending (shutdown) still reads: answer all lines before you \
         close.",
        RULES,
    );
    let lines = many_lines(64 * 1024);
    let mut client = server.client();
    client.send(&lines);
    client.finish_sending();
    client.expect_last(&lines);
}

/// A forgotten descriptor per client ends any server in time.
pub fn clients_in_turn_leave_no_descriptor_behind(server: &Server) {
    server.teach(
        "Each connection has to be closed once it is done, or the server runs out of descriptors.",
        RULES,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.exchange(b"hello\n", b"hello\n");
        client.finish_sending();
        client.expect_end();
    });
}

/// A client may be gone before it is accepted.
pub fn a_reset_at_once_harms_no_other(server: &Server) {
    server.teach(SURVIVES, RULES);
    for _ in 0..10 {
        server.client().reset();
    }
    expect_service(server);
}

/// The read fails with ECONNRESET.
pub fn a_reset_in_mid_line_harms_no_other(server: &Server) {
    server.teach(SURVIVES, RULES);
    let mut client = server.client();
    client.exchange(b"one\n", b"one\n");
    client.send(b"tw");
    client.wait_until_read();
    reset(client, server);
    expect_service(server);
}

/// The write fails with ECONNRESET.
pub fn a_client_that_resets_during_its_answer_harms_no_other(server: &Server) {
    server.teach(SURVIVES, RULES);
    reset(clog(server), server);
    expect_service(server);
}

/// The write fails with EPIPE, after SIGPIPE where that isn't ignored.
pub fn a_client_that_vanishes_after_its_end_harms_no_other(server: &Server) {
    server.teach(
        "A write to a client that has gone fails with EPIPE, and kills a process that doesn't \
         ignore SIGPIPE. It must end this connection only.",
        RULES,
    );
    let mut client = clog(server);
    client.finish_sending();
    reset(client, server);
    expect_service(server);
}

/// A client that has sent lines, and not read, until the server couldn't take more.
fn clog(server: &Server) -> Client {
    let mut client = server.slow_client();
    client.flood(&many_lines(16 << 20));
    client
}

/// Resets `client`, and waits until the server has noticed: it closes a descriptor, or ends. (Where
/// it does neither, another test tells.)
fn reset(client: Client, server: &Server) {
    let before = server.descriptors();
    client.reset();
    let deadline = Instant::now() + server.deadline();
    while server.descriptors() >= before && Instant::now() < deadline {
        thread::yield_now();
    }
}

/// The next client is served.
fn expect_service(server: &Server) {
    let mut next = server.client();
    next.exchange(b"still here?\n", b"still here?\n");
    server.expect_alive();
}

/// The answers fill the socket's buffers, and input is left that the server won't read: a close at this
/// moment would reset the connection, and with it all that hasn't been delivered.
///
/// # Panics
///
/// With a verdict, if an answer is lost.
#[track_caller]
pub fn answers_in_flight_survive_the_close(server: &Server) {
    server.teach(
        "close() with unread input sends a reset, and that destroys the answers in flight.",
        "01-blocking.html#read-the-code",
    );
    let lines = b"an answer in flight\n".repeat(10_000);
    let ignored = b"not read any more\n".repeat(2_000);
    let mut client = server.slow_client();
    client.send(&[&lines, b"quit\n".as_slice(), &ignored].concat());
    client.wait_until_read();
    client.expect_last(&[&lines, b"goodbye\n".as_slice()].concat());
}
