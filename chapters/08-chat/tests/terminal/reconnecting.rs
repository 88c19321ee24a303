//! The server goes, and comes back.

use harness::Signal;

use crate::in_both_modes;
use crate::peer::Server;
use crate::process::send;

#[test]
fn a_lost_server_is_tried_again_and_the_line_stays() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(&[mode, &["--nick", "alice"]].concat());
        room.expect("/nick alice");
        tty.press("half a li");
        tty.expect_line("> half a li");
        drop(room);
        tty.expect("~ the server has closed the connection; trying again in 1 s, Ctrl-C quits\n> half a li");
        let mut room = server.accept();
        tty.expect("~ connected again\n- welcome");
        tty.expect_line("> half a li");
        tty.press("ne\r");
        room.expect("/nick alice");
        room.expect("half a line");
    });
}

#[test]
fn a_server_that_is_not_up_yet_is_waited_for_twice_as_long() {
    in_both_modes(|mode| {
        let (first, second) = Server::start_two();
        let (mut tty, room) = first.chat(mode);
        drop(first);
        room.reset();
        tty.expect("trying again in 1 s");
        tty.press("kept\r"); // what can't be sent isn't lost
        tty.expect("~ not connected: your line is kept\n> kept");
        tty.expect("Connection refused (os error 111)); trying again in 2 s");
        second.listen();
        let mut room = second.accept();
        tty.expect("~ connected again\n");
        tty.press("\r");
        room.expect("kept");
        // It has spoken, so the next loss begins anew.
        tty.expect("you can do.\n>");
        drop(room);
        tty.until("the first pause again", |tty| {
            let text = tty.text();
            text.matches("trying again in 1 s").count() == 2
        });
    });
}

#[test]
fn ctrl_c_works_while_it_waits() {
    in_both_modes(|mode| {
        let (first, _second) = Server::start_two();
        let (mut tty, room) = first.chat(mode);
        drop((first, room));
        tty.expect("trying again in 2 s");
        tty.press("\x03");
        tty.expect_exit(0);
    });
}

#[test]
fn a_signal_works_while_it_waits() {
    in_both_modes(|mode| {
        let (first, _second) = Server::start_two();
        let (mut tty, room) = first.chat(mode);
        drop((first, room));
        tty.expect("trying again in 1 s");
        send(Signal::SIGTERM, tty.chat_pid());
        tty.expect_exit(128 + 15);
    });
}
