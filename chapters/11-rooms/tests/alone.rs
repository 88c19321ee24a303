//! Without an engine: the log is in memory, and this is chapter 08's room.

use std::time::Duration;

use harness::{Client, Server};

fn start() -> Server {
    let options = ["--web-port", "0", "--host-name", "*"];
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch11-rooms"), &options);
    server.with_deadline(Duration::from_secs(20))
}

/// A connection to its page.
fn web(server: &Server) -> Client {
    harness::experiment::until("the page's address is told", || {
        server.stdout().contains("page at http://")
    });
    let stdout = server.stdout();
    let line = stdout
        .lines()
        .find_map(|line| line.strip_prefix("page at http://"));
    let address = line.and_then(|line| line.strip_suffix('/')).expect("a URL");
    Client::connect(address.parse().expect("an address"))
}

#[test]
fn what_one_member_says_the_other_hears() {
    let server = start();
    let (mut alice, mut bob) = (server.client(), server.client());
    alice.exchange(
        b"",
        b"- welcome, guest-1: 1 here. /help says what you can do.\n- guest-2 joined\n",
    );
    bob.exchange(
        b"",
        b"- welcome, guest-2: 2 here. /help says what you can do.\n",
    );
    alice.exchange(
        b"hello\n/nick alice\n",
        b"<guest-1> hello\n- guest-1 is now alice\n",
    );
    bob.exchange(
        b"/msg alice hi\n/nick ALICE\n/nonsense\n",
        b"<guest-1> hello\n- guest-1 is now alice\n[you to alice] hi\n\
          ! somebody else is called alice\n\
          ! there is no command /nonsense; /help says which there are, and //text says /text\n",
    );
    alice.exchange(b"/quit\n", b"[guest-2 to you] hi\n- goodbye\n");
    assert_eq!(alice.read_to_end(), b"");
    bob.exchange(b"", b"- alice left\n");
}

#[test]
fn a_line_without_an_end_is_said_before_its_member_leaves() {
    let server = start();
    let mut alice = server.client();
    alice.exchange(
        b"",
        b"- welcome, guest-1: 1 here. /help says what you can do.\n",
    );
    let mut bob = server.client();
    bob.send(b"last words");
    bob.finish_sending();
    alice.exchange(
        b"",
        b"- guest-2 joined\n<guest-2> last words\n- guest-2 left\n",
    );
}

#[test]
fn a_balancer_is_told_that_it_lives_and_is_ready() {
    let server = start();
    for path in ["/healthz", "/readyz"] {
        let mut client = web(&server);
        client.send(
            format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        let answer = client.read_to_end();
        assert!(
            answer.starts_with(b"HTTP/1.1 200 "),
            "{}",
            answer.escape_ascii()
        );
    }
}

#[test]
fn a_url_that_is_none_is_said_in_one_line() {
    let options = ["--port", "0", "--web-port", "0", "--log", "nonsense"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ch11-rooms"))
        .args(options)
        .output()
        .expect("the program");
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("--log nonsense"), "{error}");
}
