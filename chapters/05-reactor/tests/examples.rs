//! Each example, run as a reader runs it.

use std::time::Duration;

use harness::{Client, Directory, Server, Signal};

/// Cargo builds the examples beside the tests.
fn example(name: &str, options: &[&str]) -> Server {
    let mut path = std::env::current_exe().unwrap(); // target/debug/deps/examples-…
    path.pop();
    path.pop();
    path.extend(["examples", name]);
    assert!(
        path.exists(),
        "cargo builds the examples for `cargo test -p ch05-reactor`, but not for one test target \
         alone: `cargo build -p ch05-reactor --examples` first"
    );
    Server::spawn(path.to_str().unwrap(), options)
}

fn ends_well(server: &Server) {
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn upgrade_changes_its_protocol_in_the_middle_of_the_input() {
    let server = example("upgrade", &[]);
    let mut client = server.client();
    client.send(b"hello\nUPGRADE\n\x03abc\x00\x02x");
    client.expect(b"HELLO\nmessages from here\n\x03cba\x00");
    client.exchange(b"\n", b"\x02\nx"); // the rest of the last message: not a line any more
    client.finish_sending();
    client.expect_end();
    let mut client = server.client();
    client.send_byte_by_byte(b"hello\nUPGRADE\n\x03abc");
    client.expect(b"HELLO\nmessages from here\n\x03cba");
    drop(client);
    ends_well(&server);
}

#[test]
fn upgrade_refuses_a_line_without_end() {
    let server = example("upgrade", &[]);
    let mut client = server.client();
    client.send(&[b'x'; 1001]);
    client.expect_last(b"line too long\n");
}

/// A client that has read its greeting as the `number`th member.
fn member(server: &Server, number: usize) -> Client {
    let mut client = server.client();
    client.expect(format!("* {number} here\n").as_bytes());
    client
}

#[test]
fn broadcast_passes_lines_on_to_all_others() {
    let server = example("broadcast", &[]);
    let mut first = member(&server, 1);
    let mut second = member(&server, 2);
    let mut third = member(&server, 3);
    first.expect(b"* someone came\n* someone came\n");
    second.expect(b"* someone came\n");
    second.send(b"hello\nhalf");
    first.expect(b"hello\n");
    third.expect(b"hello\n");
    first.send(b"between\n");
    second.expect(b"between\n");
    second.send(b" a line\n");
    third.expect(b"between\nhalf a line\n");
    drop(second);
    third.expect(b"* someone left\n");
    third.expect_silence(Duration::from_millis(100));
    drop((first, third));
    ends_well(&server);
}

#[test]
fn broadcast_drops_a_slow_reader_and_delays_nobody() {
    let server = example("broadcast", &["--slack", "100000"]);
    let mut slow = server.slow_client();
    slow.expect(b"* 1 here\n");
    let mut reader = member(&server, 2);
    let mut speaker = member(&server, 3);
    slow.expect(b"* someone came\n* someone came\n");
    reader.expect(b"* someone came\n");
    let lines = b"a line of the speaker's\n".repeat(1000);
    // All that the kernel's buffers take, and then some.
    for _ in 0..600 {
        speaker.send(&lines);
        let mut answer = vec![0; lines.len()];
        std::io::Read::read_exact(&mut reader.stream(), &mut answer).unwrap();
        if answer != lines {
            assert!(String::from_utf8_lossy(&answer).contains("* someone left\n"));
            return;
        }
    }
    panic!("the slow reader is still there");
}

#[test]
fn files_sends_its_file_behind_a_head() {
    let content: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.write("file", &content);
    let server = example("files", &[path.to_str().unwrap()]);
    let mut client = server.client();
    let answer = [b"3000000\n", &content[..]].concat();
    client.exchange(b"please\nand again\n", &[&answer[..], &answer[..]].concat());
    drop(client);
    ends_well(&server);
}

#[test]
fn ticker_ticks_and_asks_and_says_goodbye() {
    let server = example("ticker", &["--period", "20", "--idle", "200"]);
    let mut client = server.client();
    let text = String::from_utf8(client.read_to_end()).unwrap();
    let ticks = text
        .lines()
        .filter(|line| line.starts_with("tick "))
        .count();
    assert!(ticks >= 5, "{text}");
    let others: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("tick "))
        .collect();
    assert_eq!(others, ["still there?", "goodbye"]);
    drop(client);
    ends_well(&server);
}
