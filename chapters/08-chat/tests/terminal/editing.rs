//! The line editor, on the screen.

use crate::in_both_modes;
use crate::peer::{Conversation, Server};
use crate::tty::Tty;

/// The program in a terminal of so many columns.
fn chat(columns: u16) -> (Tty, Conversation) {
    let (mut tty, room) = Server::start().chat(&[]);
    if columns != 80 {
        tty.press("?");
        tty.expect_line("> ?");
        tty.resize(columns);
        tty.press("\x15"); // Ctrl-U
        tty.expect_line(">");
    }
    (tty, room)
}

/// Types `keys`; then the line has to be this one, and the cursor in that column.
#[track_caller]
fn expect(tty: &mut Tty, keys: &str, line: &str, column: u16) {
    tty.press(keys);
    tty.until(
        &format!("{keys:?} gives {line:?}, cursor {column}"),
        |tty| tty.line() == line && tty.column() == column,
    );
}

#[test]
fn keys_change_the_line_where_the_cursor_is() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        expect(&mut tty, "hello wrld", "> hello wrld", 12);
        expect(&mut tty, "\x1b[D\x1b[D\x1b[D", "> hello wrld", 9); // left
        expect(&mut tty, "o", "> hello world", 10);
        expect(&mut tty, "\x01", "> hello world", 2); // Ctrl-A
        expect(&mut tty, "\x1b[3~", "> ello world", 2); // delete
        expect(&mut tty, "J", "> Jello world", 3);
        expect(&mut tty, "\x05!", "> Jello world!", 14); // Ctrl-E
        expect(&mut tty, "\x7f\x7f", "> Jello worl", 12); // backspace
        expect(&mut tty, "\x17", "> Jello", 8); // Ctrl-W
        tty.press("\r");
        room.expect("Jello ");
    });
}

#[test]
fn ctrl_u_takes_what_is_before_the_cursor_away() {
    let (mut tty, _room) = chat(80);
    expect(&mut tty, "one two\x1b[D\x1b[D\x1b[D", "> one two", 6);
    expect(&mut tty, "\x15", "> two", 2);
}

#[test]
fn a_character_is_what_a_reader_takes_for_one() {
    let (mut tty, mut room) = chat(80);
    tty.press("ae\u{301}👨\u{200d}👩\u{200d}👧🇫🇷");
    tty.press("\x7f\x7f"); // the flag, and the family
    tty.press("\x1b[D\x1b[D"); // e with its accent, and a
    tty.press("x\r");
    room.expect("xae\u{301}");
}

#[test]
fn a_line_longer_than_the_window_scrolls_within_its_row() {
    let (mut tty, mut room) = chat(20);
    expect(
        &mut tty,
        "0123456789abcdefghijklmnop",
        "> 9abcdefghijklmnop",
        19,
    );
    expect(&mut tty, "\x01", "> 0123456789abcdefg", 2);
    room.say("<bob> hello");
    tty.expect("<bob> hello\n> 0123456789abcdefg");
    expect(&mut tty, "\x05", "> 9abcdefghijklmnop", 19);
    tty.press("\r");
    room.expect("0123456789abcdefghijklmnop");
}

#[test]
fn wide_characters_scroll_as_wide_as_they_are() {
    let (mut tty, _room) = chat(20);
    expect(&mut tty, "日本語日本語日本語日", "> 語日本語日本語日", 18);
    expect(&mut tty, "x", "> 語日本語日本語日x", 19);
    expect(&mut tty, "\x01", "> 日本語日本語日本", 2);
}

#[test]
fn the_line_follows_the_window_to_another_width() {
    in_both_modes(|mode| {
        let (mut tty, _room) = Server::start().chat(mode);
        expect(
            &mut tty,
            "0123456789abcdefghijklmnop",
            "> 0123456789abcdefghijklmnop",
            28,
        );
        tty.resize(20);
        tty.expect_line("> 9abcdefghijklmnop");
        tty.resize(100);
        tty.expect_line("> 0123456789abcdefghijklmnop");
    });
}

#[test]
fn a_window_of_one_column_is_survived() {
    let (mut tty, mut room) = chat(80);
    tty.press("hello");
    tty.expect_line("> hello");
    tty.resize(1);
    tty.press(" world\r");
    room.expect("hello world");
}

#[test]
fn ctrl_l_clears_the_screen_and_keeps_the_line() {
    let (mut tty, mut room) = chat(80);
    tty.press("typed\x0c");
    tty.until("an empty screen but for the line", |tty| {
        tty.text() == "> typed"
    });
    room.say("<bob> hello");
    tty.until("the message on top", |tty| {
        tty.text() == "<bob> hello\n> typed"
    });
}

#[test]
fn what_is_pasted_is_sent_by_enter_and_not_by_its_own_line_ends() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        tty.until("pastes come between marks", Tty::marks_pastes);
        tty.press("so: \x1b[200~one\r\rtwo\x03\rthree\x1b[201~!");
        tty.expect_line("> so: one␊␊two␊three!");
        room.say("<bob> nothing yet");
        tty.expect("<bob> nothing yet\n> so: one");
        tty.press("\r");
        for line in ["so: one", "two", "three!"] {
            room.expect(line);
        }
        tty.expect_line(">");
    });
}

#[test]
fn a_blank_line_is_not_sent() {
    let (mut tty, mut room) = chat(80);
    tty.press("\r  \rhello\r");
    room.expect("hello");
}

#[test]
fn a_line_that_the_server_would_refuse_is_kept() {
    let (mut tty, mut room) = chat(80);
    tty.press(&"x".repeat(1001));
    tty.press("\r");
    tty.expect("~ 1001 bytes, and a line has 1000: yours is kept");
    tty.press("\x7f\r");
    room.expect(&"x".repeat(1000));
}

#[test]
fn hundreds_of_pasted_lines_are_all_sent() {
    in_both_modes(|mode| {
        let (mut tty, mut room) = Server::start().chat(mode);
        let line = |number: usize| format!("{number} {}", "x".repeat(90));
        tty.press("\x1b[200~");
        for number in 0..300 {
            tty.press(&(line(number) + "\r"));
            tty.read_what_is_there(); // a terminal that shows nothing would stop the program
        }
        tty.until("the paste", |tty| tty.line().ends_with('␊'));
        tty.press("\x1b[201~\r");
        tty.expect_line(">");
        for number in 0..300 {
            room.expect(&line(number));
        }
    });
}

#[test]
fn what_does_not_fit_into_the_line_is_said() {
    let (mut tty, _room) = chat(80);
    tty.press("\x1b[200~");
    for _ in 0..66 {
        tty.press(&"x".repeat(1000));
    }
    tty.press("\x1b[201~");
    tty.expect("~ a line holds 65536 bytes: 464 characters did not fit");
}

/// There is a pause after which the key Esc is a key by itself.
#[test]
fn after_esc_and_a_pause_letters_are_typed() {
    in_both_modes(|mode| {
        let (mut tty, _room) = Server::start().chat(mode);
        let typed = [100, 300, 1000, 3000].iter().any(|&pause| {
            tty.press("\x1b");
            std::thread::sleep(std::time::Duration::from_millis(pause));
            tty.press("Ok then");
            tty.until("a line", |tty| tty.line().ends_with(" then"));
            let whole = tty.line() == "> Ok then";
            tty.press("\x15");
            tty.expect_line(">");
            whole
        });
        assert!(typed, "letters are lost, however long the pause");
    });
}
