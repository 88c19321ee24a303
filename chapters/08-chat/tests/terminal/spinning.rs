//! A loop that has nothing to do sleeps. A client that spins is not seen, only its fan is heard.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harness::cpu_over;

use crate::peer::{Conversation, Server};
use crate::plain::fill;
use crate::process::child_of;
use crate::{CHAT, in_both_modes};

const STRETCH: Duration = Duration::from_millis(500);

#[track_caller]
fn expect_sleep(pid: i32) {
    let used = cpu_over(pid.cast_unsigned(), STRETCH);
    assert!(used < STRETCH / 20, "{used:?} of CPU time in {STRETCH:?}");
}

#[test]
fn it_sleeps_while_nobody_speaks() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        tty.press("half a line");
        room.say("<bob> hello");
        tty.expect("<bob> hello\n> half a line");
        let pid = tty.chat_pid();
        expect_sleep(pid);
        if mode.is_empty() {
            expect_sleep(child_of(pid, "chat"));
        }
    });
}

#[test]
fn it_sleeps_while_it_waits_for_the_next_try() {
    in_both_modes(|mode| {
        let (first, _second) = Server::start_two();
        let (mut tty, room) = first.chat(mode);
        drop((first, room));
        tty.expect("trying again in 4 s");
        expect_sleep(tty.chat_pid());
    });
}

/// What runs without a terminal, with this input, and the server's side of it.
fn plain(mode: &[&str], stdin: Stdio) -> (Child, Conversation) {
    let server = Server::start();
    let mut command = Command::new(CHAT);
    command.arg(server.address().to_string()).args(mode);
    let child = command.stdin(stdin).stdout(Stdio::null()).spawn().unwrap();
    (child, server.accept())
}

#[test]
fn it_sleeps_after_the_end_of_its_input() {
    for stdin in [Stdio::piped, Stdio::null] {
        in_both_modes(|mode| {
            let (mut child, mut room) = plain(mode, stdin());
            drop(child.stdin.take());
            room.expect_end();
            expect_sleep(child.id().cast_signed());
            drop(room);
            child.wait().unwrap();
        });
    }
}

#[test]
fn it_sleeps_while_the_server_takes_nothing_though_its_input_has_ended() {
    in_both_modes(|mode| {
        let (mut child, room) = plain(mode, Stdio::piped());
        fill(&mut child); // its pipe has ended, and isn't empty
        assert!(room.has_unread(1 << 16));
        let pid = child.id().cast_signed();
        expect_sleep(pid);
        child.kill().unwrap();
        child.wait().unwrap();
    });
}
