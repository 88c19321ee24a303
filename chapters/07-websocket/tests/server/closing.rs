//! How a connection ends.

use ch07_websocket::{Close, CloseCode, Error, Opcode};
use harness::Signal;

use crate::socket::{
    connect, expect_close, expect_echo, fragment, masked, masked_close, plain, request,
};
use crate::start;

#[test]
fn a_close_is_answered_with_its_code_and_the_server_ends_the_connection() {
    let server = start(&[]);
    for code in [CloseCode::NORMAL, CloseCode::GOING_AWAY] {
        let mut client = connect(&server);
        let reason = "that is all";
        client.send(&masked_close(Close {
            code: Some(code),
            reason,
        }));
        client.expect_last(&plain(Opcode::Close, &code.number().to_be_bytes()));
    }
    let mut client = connect(&server);
    client.send(&masked_close(Close::default()));
    client.expect_last(&plain(Opcode::Close, b""));
}

#[test]
fn what_was_said_before_a_close_is_answered_and_what_follows_is_not() {
    let server = start(&[]);
    let mut client = connect(&server);
    let frames = [
        masked(Opcode::Text, b"before"),
        masked_close(Close::from(CloseCode::NORMAL)),
        masked(Opcode::Text, b"behind"),
    ];
    client.send(&frames.concat());
    client.expect(&plain(Opcode::Text, b"before"));
    expect_close(&mut client, CloseCode::NORMAL);
}

#[test]
fn whoever_breaks_the_protocol_is_told_and_cut_off() {
    let server = start(&["--max-message", "1000"]);
    for (frames, error) in [
        (b"\xc1\x80".to_vec(), Error::ReservedBit),
        (b"\x83\x80".to_vec(), Error::Opcode),
        (plain(Opcode::Text, b"unmasked"), Error::Unmasked),
        (b"\x81\xfe\x00\x05".to_vec(), Error::LengthNotShortest),
        (
            b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
            Error::LengthTooLarge,
        ),
        (
            b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(),
            Error::FrameTooLong,
        ),
        (
            masked(Opcode::Continuation, b"of what?"),
            Error::NothingToContinue,
        ),
        (masked(Opcode::Close, b"\x03\xed"), Error::CloseCode),
        (masked(Opcode::Text, b"\xff"), Error::Utf8),
        (
            [
                fragment(Opcode::Binary, &[0; 900]),
                fragment(Opcode::Continuation, &[0; 101]),
            ]
            .concat(),
            Error::MessageTooLong,
        ),
    ] {
        let mut client = connect(&server);
        // A lot behind it: unread, it would make a reset of the close.
        client.send(&[frames, vec![0; 50_000]].concat());
        let received = client.read_to_end();
        let expected = [
            &error.code().number().to_be_bytes(),
            error.text().as_bytes(),
        ]
        .concat();
        assert_eq!(received, plain(Opcode::Close, &expected), "{error:?}");
    }
    expect_echo(&mut connect(&server), "the others go on");
}

#[test]
fn a_text_is_refused_at_its_first_impossible_byte() {
    let server = start(&[]);
    let mut client = connect(&server);
    // Of 65,535 bytes three have come, and nothing can make them right.
    client.send(b"\x81\xfe\xff\xff\0\0\0\0ab\xff");
    expect_close(&mut client, CloseCode::INVALID_DATA);
}

#[test]
fn a_peer_that_leaves_without_a_close_harms_nobody() {
    let server = start(&[]);
    let mut other = connect(&server);
    let mut client = connect(&server);
    client.send(&fragment(Opcode::Text, b"half a mess"));
    client.finish_sending();
    client.expect_end();
    let mut client = connect(&server);
    client.send(b"\x81\xfe");
    client.reset();
    expect_echo(&mut other, "still here");
}

#[test]
fn a_server_that_goes_down_says_so_and_loses_no_answer() {
    let server = start(&[]);
    let mut client = connect(&server);
    expect_echo(&mut client, "hello");
    let mut idle = server.client();
    idle.send(&request("")[..20]);
    server.signal(Signal::SIGTERM);
    client.expect(&plain(
        Opcode::Close,
        &CloseCode::GOING_AWAY.number().to_be_bytes(),
    ));
    client.send(&masked_close(Close::from(CloseCode::GOING_AWAY)));
    client.expect_end();
    drop((client, idle));
    assert!(server.wait().success());
}
