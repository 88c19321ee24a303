//! How a connection ends.

use harness::Signal;

use super::frame::{Frame, Kind, masked_close};
use super::{connect, expect_close, expect_echo, shake_hands, start};
use crate::Subject;
use crate::workers::expect_success;

/// RFC 6455 §5.5.1, §7.1.1
pub fn a_close_is_answered_and_ends_the_connection(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A Close is answered with a Close that has the same code (or none, if it had none), and then the \
         server ends the connection.",
    );
    for code in [1000, 1001, 3000] {
        let mut client = connect(&server);
        client.send(&masked_close(code));
        expect_close(&server, &mut client, code, &format!("a Close with {code}"));
    }
    let mut client = connect(&server);
    client.send(&Frame::of(Kind::Close, b"").masked());
    client.expect_last(b"\x88\x00");
}

/// RFC 6455 §5.5.1
pub fn what_follows_a_close_is_ignored(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "What came before a Close is answered; what follows it is dropped.",
    );
    let mut client = connect(&server);
    let before = Frame::of(Kind::Text, b"before");
    let after = Frame::of(Kind::Text, b"after");
    client.send(&[before.masked(), masked_close(1000), after.masked()].concat());
    client.expect(&before.plain());
    expect_close(&server, &mut client, 1000, "a Close with 1000");
}

/// RFC 6455 §5, §7.4.1
pub fn a_frame_that_breaks_the_protocol_is_1002(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A frame that the protocol forbids ends the connection with a Close of code 1002: look at each field \
         of the header before you act on it.",
    );
    for (frames, what) in [
        (
            Frame::of(Kind::Text, b"x").plain(),
            "a frame without a mask",
        ),
        (b"\xc1\x80\0\0\0\0".to_vec(), "a reserved bit"),
        (b"\x83\x80\0\0\0\0".to_vec(), "an opcode that there isn't"),
        (
            Frame::of(Kind::Continuation, b"of what?").masked(),
            "a continuation of nothing",
        ),
        (
            [
                Frame::begun(Kind::Text, b"one").masked(),
                Frame::of(Kind::Text, b"two").masked(),
            ]
            .concat(),
            "a text within a message",
        ),
        (
            Frame::begun(Kind::Ping, b"").masked(),
            "a Ping in fragments",
        ),
        (
            Frame::of(Kind::Ping, &[b'p'; 126]).masked(),
            "a Ping of 126 bytes",
        ),
        (masked_close(1005), "a Close with 1005"),
        (
            Frame::of(Kind::Close, b"\x03").masked(),
            "a Close with half a code",
        ),
        (
            b"\x81\xfe\x00\x05\0\0\0\0hello".to_vec(),
            "a length in more bytes than it needs",
        ),
    ] {
        let mut client = connect(&server);
        client.send(&frames);
        expect_close(&server, &mut client, 1002, what);
    }
    expect_echo(&mut connect(&server), "the others go on");
}

/// RFC 6455 §8.1
pub fn a_text_that_is_not_utf_8_is_1007(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A text has to be UTF-8, also across its fragments; if it isn't, the Close has code 1007.",
    );
    let mut client = connect(&server);
    client.send(&Frame::of(Kind::Text, b"caf\xe9").masked());
    expect_close(&server, &mut client, 1007, "a text that is no UTF-8");
    let mut client = connect(&server);
    client.send(&Frame::begun(Kind::Text, b"\xe2\x82").masked());
    client.send(&Frame::of(Kind::Continuation, b"x").masked());
    expect_close(&server, &mut client, 1007, "half a character");
}

/// `--max-message 1000`
pub fn a_message_that_is_too_long_is_1009(subject: &Subject) {
    let server = start(
        subject,
        &["--max-message", "1000"],
        "A message has a limit, here --max-message 1000, whether one frame is longer or the fragments add up \
         to more: Close with 1009. Look at the length before you wait for the payload.",
    );
    let mut client = connect(&server);
    let longest = [b'm'; 1000];
    let frame = Frame::of(Kind::Binary, &longest);
    client.exchange(&frame.masked(), &frame.plain());
    client.send(b"\x82\xff\x00\x00\x00\x01\x00\x00\x00\x00\0\0\0\0");
    expect_close(&server, &mut client, 1009, "a frame of 4 GiB");
    let mut client = connect(&server);
    client.send(&Frame::begun(Kind::Binary, &[b'm'; 900]).masked());
    client.send(&Frame::begun(Kind::Continuation, &[b'm'; 101]).masked());
    expect_close(&server, &mut client, 1009, "fragments of 1,001 bytes");
}

/// Unread input would make a reset of the close.
pub fn a_close_survives_a_flood(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "Closing a socket with unread input sends a reset, and that destroys the Close on its way: shut down \
         writing, read and drop what still comes, then close.",
    );
    let mut client = connect(&server);
    let unmasked = Frame::of(Kind::Text, b"x").plain();
    client.send(&[unmasked, vec![0; 50_000]].concat());
    expect_close(&server, &mut client, 1002, "a frame without a mask");
}

/// In the middle of a message, and of a frame.
pub fn a_client_that_leaves_without_a_close_harms_no_other(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A peer may go without a Close, in the middle of a frame: its connection ends, and no other.",
    );
    let mut other = connect(&server);
    let mut client = connect(&server);
    client.send(&Frame::begun(Kind::Text, b"half a mess").masked());
    client.finish_sending();
    client.expect_end();
    let mut client = connect(&server);
    client.send(b"\x81\xfe");
    client.reset();
    expect_echo(&mut other, "still here");
}

/// One Close, one close.
pub fn clients_leave_no_descriptor_behind(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A connection that has ended is closed, whichever side began.",
    );
    server.expect_no_leak(|| {
        let mut client = connect(&server);
        expect_echo(&mut client, "hello");
        client.send(&masked_close(1000));
        expect_close(&server, &mut client, 1000, "a Close with 1000");
        connect(&server).reset();
    });
}

/// Neither messages nor Pongs pile up.
pub fn a_client_that_does_not_read_is_read_no_further(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A client that doesn't read its answers must not be read from for ever, whether they are messages or \
         Pongs: stop at a limit, and go on when the output has drained.",
    );
    for (kind, length) in [(Kind::Binary, 1000), (Kind::Ping, 125)] {
        let mut slow = shake_hands(&server, server.slow_client());
        let frame = Frame::of(kind, &vec![b'm'; length]).masked();
        let all = frame.repeat(30_000_000 / frame.len());
        if slow.flood(&all) == all.len() {
            let expected = format!("not all of {} bytes to be taken", all.len());
            server.fail_with(&expected, "all of them were");
        }
        expect_echo(&mut connect(&server), "unharmed");
    }
}

/// RFC 6455 §7.4.1
pub fn a_server_that_stops_says_1001(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "At SIGTERM, each client is sent a Close with 1001 (going away); once it has answered, the connection \
         ends, and at last the server, with exit code 0.",
    );
    let mut client = connect(&server);
    expect_echo(&mut client, "hello");
    server.signal(Signal::SIGTERM);
    client.expect(b"\x88");
    let [length, rest @ ..] = read(&server, &mut client);
    if rest != 1001_u16.to_be_bytes() || length < 2 {
        server.fail_with("a Close with 1001", &format!("{rest:02x?} as its code"));
    }
    for _ in 2..length {
        super::frame::read_one(&server, &client, "the reason of the Close");
    }
    client.send(&masked_close(1001));
    client.expect_end();
    drop(client);
    expect_success(&server, Signal::SIGTERM);
}

/// The next three bytes.
#[track_caller]
fn read(server: &harness::Server, client: &mut harness::Client) -> [u8; 3] {
    [(); 3].map(|()| super::frame::read_one(server, client, "a Close with 1001"))
}
