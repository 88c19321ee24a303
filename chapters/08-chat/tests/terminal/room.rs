//! With the chapter's own server.

use harness::Server;

use crate::in_both_modes;
use crate::tty::Tty;

fn start() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch08-chat"), &["--web-port", "0"])
}

#[test]
fn two_terminals_talk() {
    in_both_modes(|mode| {
        let server = start();
        let mut alice = Tty::chat(server.address(), &[mode, &["--nick", "alice"]].concat());
        alice.expect("- guest-1 is now alice");
        let mut bob = Tty::chat(server.address(), &[mode, &["--nick", "bob"]].concat());
        alice.expect("- guest-1 is now bob");
        alice.press("not yet sent");
        alice.expect_line("> not yet sent");
        bob.press("hello, \x1b[200~alice\x1b[201~ 👋\r/msg alice psst\r");
        alice.expect("<bob> hello, alice 👋\n[bob to you] psst\n> not yet sent");
        bob.expect("<bob> hello, alice 👋\n[you to alice] psst\n>");
        bob.press("/quit\r");
        bob.expect_exit(0);
        alice.expect("- bob left\n> not yet sent");
        alice.press("\x03");
        alice.expect_exit(0);
    });
}

#[test]
fn a_silent_member_stays_because_its_program_answers() {
    in_both_modes(|mode| {
        let server = Server::spawn(
            env!("CARGO_BIN_EXE_ch08-chat"),
            &["--web-port", "0", "--idle", "2"],
        );
        let mut silent = Tty::chat(server.address(), mode);
        silent.expect("/help says");
        // A watcher that never answers: it is asked, and put out, while the other one stays.
        let mut watcher = server.client();
        watcher.expect(b"- welcome, guest-2: 2 here. /help says what you can do.\n");
        silent.expect("- guest-2 left (nothing heard)");
        silent.press("still here\r");
        silent.expect("<guest-1> still here");
        assert!(!silent.text().contains('?'), "{}", silent.text());
    });
}

#[test]
fn a_server_that_goes_down_is_waited_for() {
    in_both_modes(|mode| {
        let server = start();
        let mut tty = Tty::chat(server.address(), mode);
        tty.expect("/help says");
        tty.press("half a line");
        tty.expect_line("> half a line");
        server.signal(harness::Signal::SIGTERM);
        tty.expect("- the server is going down: goodbye");
        tty.expect("trying again in 1 s, Ctrl-C quits\n> half a line");
        assert_eq!(server.wait().code(), Some(0));
        tty.press("\x03");
        tty.expect_exit(0);
    });
}
