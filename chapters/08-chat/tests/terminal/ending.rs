//! How the program ends, and what it leaves: a terminal as it was, and no process.

use harness::Signal;

use crate::in_both_modes;
use crate::peer::Server;
use crate::process::send;
use crate::tty::Tty;

#[test]
fn ctrl_c_ends_it() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        tty.press("half a line\x03");
        room.expect_end();
        tty.expect_exit(0);
        assert!(!tty.text().contains("half a line"), "{}", tty.text());
    });
}

#[test]
fn ctrl_d_ends_it_when_the_line_is_empty() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        tty.press("ab\x01\x04"); // with something after the cursor, it takes that away
        tty.expect_line("> b");
        tty.press("\x04\x04");
        room.expect_end();
        tty.expect_exit(0);
    });
}

#[test]
fn a_signal_ends_it_and_whoever_waits_is_told_which() {
    for (signal, code) in [
        (Signal::SIGTERM, 128 + 15),
        (Signal::SIGINT, 128 + 2),
        (Signal::SIGHUP, 128 + 1),
    ] {
        in_both_modes(|mode| {
            let (mut tty, mut room) = Server::start().chat(mode);
            assert!(tty.is_set());
            tty.press("half a line");
            tty.expect_line("> half a line");
            send(signal, tty.chat_pid());
            room.expect_end();
            tty.expect_exit(code);
        });
    }
}

#[test]
fn after_a_goodbye_it_does_not_come_back() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        tty.press("/quit\r");
        room.expect("/quit");
        room.say("- goodbye");
        drop(room);
        tty.expect("- goodbye");
        tty.expect_exit(0);
    });
}

#[test]
fn somebody_else_cannot_say_goodbye_for_one() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        room.say("<bob> - goodbye");
        room.say("- the server is going down: goodbye");
        drop(room);
        tty.expect("trying again");
    });
}

#[test]
fn without_a_server_it_says_so_and_leaves_the_terminal_alone() {
    in_both_modes(|mode| {
        let (listening, silent) = Server::start_two();
        drop(listening);
        let mut tty = Tty::chat(silent.address(), mode);
        tty.expect(
            &format!(
                "error: no connection to {} (Connection refused (os error 111)); \
             is it running? just run 08-chat starts one",
                silent.address()
            )
            .replace('\n', ""),
        );
        tty.expect_exit(1);
    });
}

#[test]
fn a_server_that_closes_before_its_first_word_is_none() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut tty = Tty::chat(server.address(), mode);
        drop(server.accept_silently());
        tty.expect("error: the server has closed the connection");
        tty.expect_exit(1);
    });
}

#[test]
fn where_the_terminal_hangs_up_it_ends() {
    in_both_modes(|mode| {
        let (tty, mut room) = Server::start().chat(mode);
        send(Signal::SIGKILL, tty.session()); // a terminal doesn't outlive its session's leader
        room.expect_end();
        tty.expect_no_process();
    });
}
