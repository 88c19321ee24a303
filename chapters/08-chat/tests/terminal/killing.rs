//! `kill -9`: nothing can be tidied up by the one that is killed.

use harness::Signal;

use crate::peer::Server;
use crate::process::{child_of, send};

#[test]
fn when_the_parent_is_killed_the_child_puts_the_terminal_back_and_ends() {
    let (mut tty, mut room) = Server::start().chat(&[]);
    tty.press("half a line");
    tty.expect_line("> half a line");
    assert!(tty.is_set());
    send(Signal::SIGKILL, tty.chat_pid());
    room.expect_end();
    tty.expect_exit(128 + 9);
}

#[test]
fn when_the_child_is_killed_the_parent_says_so_and_ends() {
    let (mut tty, mut room) = Server::start().chat(&[]);
    tty.press("half a line");
    tty.expect_line("> half a line");
    send(Signal::SIGKILL, child_of(tty.chat_pid(), "chat"));
    room.expect_end();
    tty.expect("error: the process that reads the keyboard was killed (SIGKILL)");
    tty.expect_exit(1);
}

#[test]
fn a_child_that_was_stopped_does_not_hold_up_the_end() {
    let (mut tty, mut room) = Server::start().chat(&[]);
    let parent = tty.chat_pid();
    send(Signal::SIGSTOP, child_of(parent, "chat"));
    send(Signal::SIGTERM, parent);
    room.expect_end();
    tty.expect_exit(128 + 15);
}

#[test]
fn when_the_only_process_is_killed_nobody_puts_the_terminal_back() {
    let (mut tty, mut room) = Server::start().chat(&["--one-process"]);
    send(Signal::SIGKILL, tty.chat_pid());
    room.expect_end();
    tty.expect("exit 137");
    tty.expect_no_process();
    assert!(tty.is_set(), "who was it?");
}
