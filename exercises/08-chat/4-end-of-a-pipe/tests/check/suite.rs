//! A client of two processes, and the ends of both.

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::Command;
use std::time::Duration;

use crate::subject::relay;
use harness::{Client, EpollFlags, Server};

const BOOK: &str = "08-terminal.html#two-processes-or-one";

#[test]
fn what_is_typed_reaches_the_server() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The child writes it into the pipe, and the parent passes it on.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.send(b"hello\n");
    people.server.expect(b"hello\n");
}

#[test]
fn what_the_server_says_is_shown() {
    let answer = Server::answer(two_processes);
    answer.teach("The parent reads it from the socket, and shows it.", BOOK);
    let mut people = People::meet(&answer);
    people.server.send(b"welcome\n");
    people.screen.expect(b"welcome\n");
}

#[test]
fn the_servers_end_is_the_end() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The server has finished: so relay returns, whatever the keyboard does.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.server.send(b"goodbye\n");
    people.server.finish_sending();
    people.screen.expect_last(b"goodbye\n");
    expect_good_end(&answer);
}

#[test]
fn the_server_hears_of_the_keyboards_end() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The child has ended, and nobody else can write into the pipe. Epoll reports that as HUP, and without IN: \
         nothing is there to be read, and nothing will be. A read returns 0. The server is to be told.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.send(b"bye\n");
    people.server.expect(b"bye\n");
    people.keyboard.finish_sending();
    people.server.expect_end();
}

#[test]
fn nothing_that_was_typed_is_lost() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The child wrote 4,000 bytes and ended before the parent had its turn. HUP says that nobody will write any \
         more, and IN beside it that something is still there. Only a read that returns 0 says that it was all.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    // By the time that this is shown, the child is there.
    people.server.send(b"welcome\n");
    people.screen.expect(b"welcome\n");
    let typed = b"so much to say \n".repeat(250);
    answer.while_stopped(|| {
        people.keyboard.send(&typed);
        people.keyboard.finish_sending();
        people.child.expect_end();
    });
    people.server.expect_last(&typed);
}

#[test]
fn it_sleeps_without_a_keyboard() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The child has ended, the server hasn't: nothing happens. But a pipe without a writer is HUP for as long as \
         epoll watches it, whatever it is to be watched for.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.finish_sending();
    people.server.expect_end();
    answer.expect_sleep(Duration::from_millis(300));
    answer.expect_no_wake_ups();
}

#[test]
fn it_sleeps_while_nobody_says_anything() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "Both are there, and neither says anything. The parent waits for both in one call, for as long as that \
         takes.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.send(b"hello\n");
    people.server.expect(b"hello\n");
    answer.expect_no_wake_ups();
    answer.expect_watched(&people.server, EpollFlags::EPOLLIN);
}

#[test]
fn a_lost_connection_is_an_error() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The server has cut the connection: a read fails with ECONNRESET. That is no goodbye, and whoever has called \
         relay is to hear of it.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.send(b"hello\n");
    people.server.expect(b"hello\n");
    let People { server, .. } = people;
    server.reset();
    let status = answer.wait();
    if status.code() != Some(1) {
        answer.fail_with("an error of relay", &status.to_string());
    }
}

#[test]
fn last_words_are_shown() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "The keyboard's end is not the server's: it may still answer, and say goodbye. Shut down your own direction \
         only, and read on until it has finished, too.",
        BOOK,
    );
    let mut people = People::meet(&answer);
    people.keyboard.send(b"/quit\n");
    people.keyboard.finish_sending();
    people.server.expect_last(b"/quit\n");
    people.server.send(b"goodbye, ");
    people.screen.expect(b"goodbye, ");
    people.server.send(b"and come again\n");
    people.server.finish_sending();
    people.screen.expect_last(b"and come again\n");
    expect_good_end(&answer);
}

#[test]
fn a_broken_screen_is_an_error() {
    let answer = Server::answer(two_processes);
    answer.teach(
        "Nothing can be shown any more: a write to the screen fails. relay is to say so, and not to go on in the dark.",
        BOOK,
    );
    let People {
        mut server, screen, ..
    } = People::meet(&answer);
    screen.reset();
    server.send(b"anybody there?\n");
    let status = answer.wait();
    if status.code() != Some(1) {
        answer.fail_with("an error of relay", &status.to_string());
    }
}

/// Whom the client talks to.
struct People {
    server: Client,
    /// What is typed.
    keyboard: Client,
    /// What is shown.
    screen: Client,
    /// Ends when the child has.
    child: Client,
}

impl People {
    #[track_caller]
    fn meet(answer: &Server) -> Self {
        Self {
            server: answer.client(),
            keyboard: answer.client(),
            screen: answer.client(),
            child: answer.client(),
        }
    }
}

/// The client, with connections for all that it has to do with; they come in the order of [`People`].
#[expect(
    clippy::needless_pass_by_value,
    reason = "Server::answer hands it over"
)]
fn two_processes(listener: TcpListener) -> io::Result<()> {
    let connection = || listener.accept().map(|(connection, _)| connection);
    let server = connection()?;
    let (typed, screen, child_lives) = (connection()?, connection()?, connection()?);
    let (keyboard, pipe) = io::pipe()?;
    // What the child gets is closed here with the Command. If the parent kept the pipe's writing end, the
    // pipe would have no end.
    let mut child = Command::new("cat")
        .stdin(OwnedFd::from(typed))
        .stdout(pipe)
        .stderr(OwnedFd::from(child_lives))
        .spawn()?;
    let result = relay(keyboard, &server, &screen);
    child.kill()?;
    child.wait()?;
    result
}

#[track_caller]
fn expect_good_end(answer: &Server) {
    let status = answer.wait();
    if !status.success() {
        answer.fail_with("Ok(()) from relay", &status.to_string());
    }
}
