//! What is said, and what is typed meanwhile.

use crate::in_both_modes;
use crate::peer::Server;

#[test]
fn what_is_being_typed_stays_intact_while_others_speak() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        tty.press("half a li");
        tty.expect_line("> half a li");
        for number in 1..=3 {
            room.say(&format!("<bob> message {number}"));
            tty.expect(&format!("<bob> message {number}\n"));
            tty.expect_line("> half a li");
        }
        tty.press("ne\r");
        room.expect("half a line");
        tty.expect_line(">");
    });
}

#[test]
fn messages_are_shown_in_their_order_and_below_them_the_line() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        tty.press("typed");
        room.send(b"<bob> one\n<bob> two\n<bob> thr");
        tty.expect("<bob> one\n<bob> two\n> typed");
        room.send(b"ee\n");
        tty.expect("<bob> one\n<bob> two\n<bob> three\n> typed");
    });
}

#[test]
fn a_message_longer_than_the_window_is_shown_whole() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        tty.press("typed");
        tty.expect_line("> typed");
        let long = "0123456789".repeat(25);
        room.say(&format!("<bob> {long}"));
        room.say("<bob> short");
        tty.expect(&format!("<bob> {long}\n<bob> short\n> typed"));
    });
}

#[test]
fn what_a_server_sends_is_shown_and_not_obeyed() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        tty.press("typed");
        tty.expect_line("> typed");
        room.say("<bob> \x1b[2J\x1b]0;title\x07 back\rwards");
        tty.expect("<bob> ␛[2J␛]0;title␇ back␍wards\n> typed");
        tty.expect("- welcome"); // nothing was cleared
    });
}

#[test]
fn names_and_lines_of_all_scripts_are_shown() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        tty.press("日本語 é");
        room.say("<שלום> مرحبا 👋 日本");
        tty.expect("<שלום> مرحبا 👋 日本\n> 日本語 é");
        tty.press("\r");
        room.expect("日本語 é");
    });
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        room.send(b"<bob> \xff\xfe \xe4\n<bob> fine\n");
        tty.expect("<bob> fine\n>");
        tty.press("a\u{e4}\r");
        room.expect("aä");
    });
}

#[test]
fn a_line_without_end_is_shown_in_pieces() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        room.send(&b"x".repeat(40_000));
        tty.expect(&"x".repeat(400));
        tty.press("here");
        tty.expect_line("> here");
    });
}

#[test]
fn the_question_whether_one_is_there_is_answered_unseen() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(mode);
        room.say("? are you still there");
        room.expect("/pong");
        room.say("<bob> next");
        tty.expect("you can do.\n<bob> next\n>");
    });
}

#[test]
fn the_nick_is_asked_for_first() {
    in_both_modes(|mode| {
        let server = Server::start();
        let (mut tty, mut room) = server.chat(&[mode, &["--nick", "alice"]].concat());
        tty.press("hello\r");
        room.expect("/nick alice");
        room.expect("hello");
    });
}
