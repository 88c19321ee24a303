//! Without a terminal: a pipe, a file, nothing.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};

use harness::{Directory, Signal};
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::peer::Server;
use crate::process::{is_asleep, send, until};
use crate::tty::Tty;
use crate::{CHAT, in_both_modes};

/// The program with this standard input.
fn start(server: &Server, mode: &[&str], stdin: impl Into<Stdio>) -> Child {
    let mut command = Command::new(CHAT);
    command.arg(server.address().to_string()).args(mode);
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What it has said, once it has ended.
fn end(mut child: Child) -> Output {
    until("the program ends", || child.try_wait().unwrap().is_some());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn assert_ended(output: &Output, code: i32, stdout: &str, stderr: &str) {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let found = (
        output.status.code(),
        said(&output.stdout),
        said(&output.stderr),
    );
    assert_eq!(found, (Some(code), stdout.to_owned(), stderr.to_owned()));
}

const WELCOME: &str = "- welcome, guest-1: 1 here. /help says what you can do.\n";

/// A file with no name: gone with its last descriptor.
fn file(content: &[u8]) -> File {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    File::open(directory.write("file", content)).unwrap()
}

#[test]
fn lines_from_a_pipe_are_said_answered_and_that_is_all() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let mut room = server.accept();
        child.stdin.take().unwrap().write_all(b"hello\n").unwrap();
        room.expect("hello");
        room.expect_end();
        room.say("<guest-1> hello");
        drop(room);
        assert_ended(&end(child), 0, &format!("{WELCOME}<guest-1> hello\n"), "");
    });
}

#[test]
fn a_file_is_said_line_by_line() {
    in_both_modes(|mode| {
        let server = Server::start();
        let file = file(b"one\ntwo\nthe last");
        let child = start(&server, mode, file);
        let mut room = server.accept();
        for line in ["one", "two", "the last"] {
            room.expect(line);
        }
        room.expect_end();
        drop(room);
        assert_ended(&end(child), 0, WELCOME, "");
    });
}

#[test]
fn no_input_is_an_end_of_input() {
    in_both_modes(|mode| {
        let server = Server::start();
        let child = start(&server, mode, Stdio::null());
        let mut room = server.accept();
        room.expect_end();
        drop(room);
        assert_ended(&end(child), 0, WELCOME, "");
    });
}

#[test]
fn a_closed_input_is_an_end_of_input() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$@" <&-"#, "sh", CHAT]);
        command.arg(server.address().to_string()).args(mode);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut room = server.accept();
        room.expect_end();
        drop(room);
        assert_ended(&end(child.unwrap()), 0, WELCOME, "");
    });
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    in_both_modes(|mode| {
        let server = Server::start();
        let child = start(&server, mode, File::open("/").unwrap());
        let _room = server.accept_silently();
        let why = "error: can't read standard input: Is a directory (os error 21)\n";
        assert_ended(&end(child), 1, "", why);
    });
}

/// Writes numbered lines to the program's standard input until it takes no more and sleeps, and ends
/// the input. Says how many they were: the kernel's buffers are of any size.
pub fn fill(child: &mut Child) -> usize {
    let mut stdin = child.stdin.take().unwrap();
    fcntl(&stdin, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    let mut lines = 0;
    until("nobody takes more", || {
        let asleep = is_asleep(child.id().cast_signed());
        let before = lines;
        // So few bytes are written whole or not at all (pipe(7)).
        loop {
            let line = format!("line {lines} of those that fill all buffers\n");
            if stdin.write(line.as_bytes()).is_err() {
                break;
            }
            lines += 1;
        }
        asleep && lines == before
    });
    lines
}

#[test]
fn much_input_waits_for_a_server_that_reads_slowly_and_nothing_is_lost() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let mut room = server.accept();
        for number in 0..fill(&mut child) {
            room.expect(&format!("line {number} of those that fill all buffers"));
        }
        room.expect_end();
        drop(room);
        assert_ended(&end(child), 0, WELCOME, "");
    });
}

#[test]
fn a_line_may_come_in_pieces_and_the_answer_to_a_question_goes_before_it() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let mut room = server.accept();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"one\nhel").unwrap();
        room.expect("one");
        room.say("? are you still there");
        room.expect("/pong");
        stdin.write_all(b"lo\n").unwrap();
        room.expect("hello");
        drop(stdin);
        room.expect_end();
        drop(room);
        assert_ended(&end(child), 0, WELCOME, "");
    });
}

#[test]
fn of_a_line_without_end_no_more_is_kept_than_the_server_needs_to_refuse_it() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let mut room = server.accept();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&b"x".repeat(1 << 20)).unwrap();
        stdin.write_all(b"\nshort\n").unwrap();
        drop(stdin);
        room.expect(&"x".repeat(4096));
        room.expect("short");
        drop(room);
        end(child);
    });
}

#[test]
fn a_server_that_goes_before_the_input_has_ended_is_missed() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let stdin = child.stdin.take();
        drop(server.accept());
        let why = "error: the server has closed the connection\n";
        assert_ended(&end(child), 1, WELCOME, why);
        drop(stdin);
    });
}

#[test]
fn after_a_goodbye_it_ends_though_the_input_goes_on() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let stdin = child.stdin.take();
        let mut room = server.accept();
        room.say("- goodbye");
        drop(room);
        assert_ended(&end(child), 0, &format!("{WELCOME}- goodbye\n"), "");
        drop(stdin);
    });
}

#[test]
fn escapes_are_shown_as_text_here_too() {
    in_both_modes(|mode| {
        let server = Server::start();
        let child = start(&server, mode, Stdio::null());
        let mut room = server.accept();
        room.expect_end();
        room.say("<bob> \x1b[31mred \u{9b}31m \u{202e}der");
        drop(room);
        assert_ended(
            &end(child),
            0,
            &format!("{WELCOME}<bob> ␛[31mred �31m �der\n"),
            "",
        );
    });
}

#[test]
fn a_wrong_command_line_is_one_line_and_exit_code_2() {
    for (arguments, why) in [
        (&["--bogus"][..], "unexpected argument '--bogus' found"),
        (&["localhost:70000"], "is no port"),
        (&["--nick", "a b"], "a nick has no spaces"),
        (&["--nick", "a\n/quit"], "invalid value"),
    ] {
        let output = Command::new(CHAT).args(arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains(why),
            "{stderr}"
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn a_name_without_an_address_is_named() {
    let output = Command::new(CHAT)
        .arg("no.such.host.invalid")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("no connection to no.such.host.invalid ("),
        "{stderr}"
    );
}

#[test]
fn a_script_learns_that_the_server_has_refused_something() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let mut room = server.accept();
        child.stdin.take().unwrap().write_all(b"hello\n").unwrap();
        room.expect("hello");
        room.expect_end();
        room.say("! not like that");
        drop(room);
        let (out, why) = (
            format!("{WELCOME}! not like that\n"),
            "error: the server has refused something: ! not like that\n",
        );
        assert_ended(&end(child), 1, &out, why);
    });
}

#[test]
fn a_reader_that_goes_ends_it() {
    in_both_modes(|mode| {
        let server = Server::start();
        let mut child = start(&server, mode, Stdio::piped());
        let stdin = child.stdin.take();
        let mut room = server.accept_silently();
        drop(child.stdout.take());
        room.say("<bob> to nobody");
        let output = end(child);
        assert_eq!(output.status.code(), Some(1));
        drop(stdin);
    });
}

#[test]
fn a_signal_ends_it_though_nobody_reads_what_it_shows() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        in_both_modes(|mode| {
            let server = Server::start();
            let mut child = start(&server, mode, Stdio::piped());
            let stdin = child.stdin.take();
            let mut room = server.accept();
            let pid = child.id().cast_signed();
            room.fill(pid);
            send(signal, pid);
            until("the program ends", || child.try_wait().unwrap().is_some());
            assert_eq!(child.wait().unwrap().signal(), Some(signal as i32));
            drop(stdin);
        });
    }
}

/// As reported to prompt-toolkit#390, rlwrap#170, Gambit#488 and statcode#13.
#[test]
fn a_dumb_terminal_gets_lines_and_no_escapes() {
    in_both_modes(|mode| {
        let server = Server::start();
        let address = server.address().to_string();
        let arguments = [
            &["-c", r#""$@"; echo "exit $?""#, "sh", CHAT, &address],
            mode,
        ]
        .concat();
        let mut tty = Tty::shell("sh", &arguments, &[("TERM", "dumb")]);
        let mut room = server.accept();
        tty.expect("/help says what you can do.");
        tty.press("hello\n");
        room.expect("hello");
        room.say("<guest-1> hello");
        tty.expect("hello\n<guest-1> hello");
        tty.press("\x04");
        room.expect_end();
        drop(room);
        tty.expect("<guest-1> hello\nexit 0");
        assert!(!tty.written().contains(&0x1b), "{}", tty.text());
    });
}
