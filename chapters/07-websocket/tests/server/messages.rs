//! What is said comes back.

use ch07_websocket::Opcode;

use crate::socket::{connect, expect_echo, fragment, masked, plain, read_message};
use crate::{start, wait_until};

#[test]
fn messages_of_every_length_come_back() {
    let server = start(&[]);
    let mut client = connect(&server);
    for length in [0, 1, 7, 8, 125, 126, 127, 65_535, 65_536, 100_000] {
        let payload: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[0]).collect();
        let frame = masked(Opcode::Binary, &payload);
        client.exchange(&frame, &plain(Opcode::Binary, &payload));
    }
    expect_echo(&mut client, "");
    expect_echo(&mut client, "Hü€😀");
}

#[test]
fn frames_may_come_byte_by_byte() {
    let server = start(&[]);
    let mut client = connect(&server);
    let frames = [
        masked(Opcode::Text, "Hü€😀".as_bytes()),
        masked(Opcode::Ping, b"there?"),
        masked(Opcode::Binary, b"\0\xff"),
    ];
    client.send_byte_by_byte(&frames.concat());
    let expected = [
        plain(Opcode::Text, "Hü€😀".as_bytes()),
        plain(Opcode::Pong, b"there?"),
        plain(Opcode::Binary, b"\0\xff"),
    ];
    client.expect(&expected.concat());
}

#[test]
fn fragments_come_back_as_one_message_and_a_ping_between_is_answered_first() {
    let server = start(&[]);
    let mut client = connect(&server);
    client.send(&fragment(Opcode::Text, b"one, "));
    client.send(&fragment(Opcode::Continuation, b"two, "));
    client.send(&masked(Opcode::Ping, b"still there?"));
    client.expect(&plain(Opcode::Pong, b"still there?"));
    client.send(&masked(Opcode::Continuation, b"three"));
    client.expect(&plain(Opcode::Text, b"one, two, three"));
}

#[test]
fn a_pong_that_nobody_asked_for_is_no_question() {
    let server = start(&[]);
    let mut client = connect(&server);
    client.send(&masked(Opcode::Pong, b"here I am"));
    expect_echo(&mut client, "and");
}

#[test]
fn a_batch_of_messages_is_answered_in_one_write() {
    let server = start(&["--trace"]);
    let mut client = connect(&server);
    let message = masked(Opcode::Text, b"one of many");
    server.while_stopped(|| client.send(&message.repeat(100)));
    client.expect(&plain(Opcode::Text, b"one of many").repeat(100));
    // The answer's bytes are in the trace, which comes through a pipe of its own.
    let writes = || {
        let trace = server.stderr();
        let lines = trace.lines().filter(|line| line.contains(" write "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    wait_until("the trace tells of the answer", || writes().len() >= 2);
    let writes = writes();
    assert_eq!(writes.len(), 2, "the handshake's and one more: {writes:#?}");
    assert!(writes[1].contains(" 1300 B"), "{}", writes[1]);
}

#[test]
fn a_message_of_64_mib_comes_back_to_a_client_that_reads_only_then() {
    const LENGTH: usize = 64 * 1024 * 1024;
    let server = start(&[]);
    let mut client = connect(&server);
    client.send(&masked(Opcode::Binary, &vec![b'm'; LENGTH]));
    let (received, frames) = read_message(client.stream());
    assert_eq!((received, frames), (LENGTH, 1));
    expect_echo(&mut client, "and then");
}
