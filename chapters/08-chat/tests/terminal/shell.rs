//! Beside an interactive shell, which sets the terminal for its own needs and stops jobs.

use harness::Signal;

use crate::peer::{Conversation, Server};
use crate::process::{child_of, send, until_ended};
use crate::tty::Tty;
use crate::{CHAT, in_both_modes};

/// An interactive bash in which the program runs.
fn bash(mode: &[&str]) -> (Tty, Conversation) {
    let server = Server::start();
    let command = format!("{CHAT} {} {}", server.address(), mode.join(" "));
    let variables = [("PS1", "ready: "), ("RUN", command.as_str())];
    let mut tty = Tty::shell("bash", &["--norc", "--noprofile", "-i"], &variables);
    tty.expect_line("ready:");
    tty.press("before=$(stty -g); $RUN\r");
    let room = server.accept();
    tty.expect("can do.\n>");
    (tty, room)
}

/// Checks that programs which the shell starts now find the terminal as it was.
#[track_caller]
fn expect_as_before(tty: &mut Tty) {
    // The words are put together by the shell: typed, they aren't on the screen yet.
    tty.press(
        "[ \"$before\" = \"$(stty -g)\" ] && echo as\" \"before || echo quite\" \"different\r",
    );
    tty.until("what the shell says of the terminal", |tty| {
        tty.text().contains("as before") || tty.text().contains("quite different")
    });
    assert!(tty.text().contains("as before"), "{}", tty.text());
}

#[test]
fn ctrl_z_stops_it_and_fg_brings_it_back_with_its_line() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = bash(mode);
        tty.press("half a li");
        tty.expect_line("> half a li");
        tty.press("\x1a");
        tty.expect("Stopped");
        tty.expect_line("ready:");
        expect_as_before(&mut tty);
        room.say("<bob> said while it was stopped");
        tty.press("fg\r");
        tty.expect("<bob> said while it was stopped\n> half a li");
        tty.until("keys come one by one again", Tty::is_set);
        tty.press("ne\r");
        room.expect("half a line");
        tty.press("\x04");
        room.expect_end();
        expect_as_before(&mut tty);
    });
}

#[test]
fn a_job_that_is_ended_while_it_is_stopped_ends() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = bash(mode);
        tty.press("\x1a");
        tty.expect("Stopped");
        tty.expect_line("ready:"); // before that, bash sets the terminal
        let pid = tty.chat_pid();
        tty.press("kill %1\r");
        room.expect_end();
        until_ended(pid); // bash may wait for it later
        expect_as_before(&mut tty);
    });
}

#[test]
fn keys_that_nobody_reads_dont_stop_a_job_that_is_to_end() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = bash(mode);
        tty.press("\x1a");
        tty.expect("Stopped");
        tty.expect_line("ready:");
        let pid = tty.chat_pid();
        tty.press("sleep 1000\r"); // in the foreground, and it doesn't read
        child_of(tty.session(), "sleep");
        tty.press("typed ahead\r");
        tty.expect("typed ahead"); // the terminal has it
        send(Signal::SIGTERM, -pid); // to its group, as the shell's `kill %1` does
        send(Signal::SIGCONT, -pid);
        room.expect_end();
        until_ended(pid);
    });
}

#[test]
fn a_child_that_reads_in_the_background_is_stopped_without_its_parent() {
    let (mut tty, mut room) = bash(&[]);
    send(Signal::SIGTTIN, tty.chat_pid()); // the kernel sends it to the whole group
    room.say("<bob> still there?");
    tty.expect("<bob> still there?");
    tty.press("\x04");
    room.expect_end();
}

#[test]
fn after_kill_9_the_shell_has_its_terminal_back() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = bash(mode);
        tty.press("half a line");
        tty.expect_line("> half a line");
        send(Signal::SIGKILL, tty.chat_pid());
        room.expect_end();
        tty.expect("Killed");
        tty.expect_line("ready:");
        expect_as_before(&mut tty);
        tty.expect_no_process();
    });
}
