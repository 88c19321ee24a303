//! What becomes of a line for somebody who doesn't read, or isn't there (bugs B106 and B107).

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use harness::experiment::{fill, nonblocking_pair, pair, reset, uninterrupted, until};

const LINE: &[u8] = b"<alice> hello\n";

#[test]
fn b106_a_blocking_send_sleeps_until_the_slow_one_reads() {
    let (_member, mut server) = nonblocking_pair();
    let _ = fill(&server);
    server.set_nonblocking(false).unwrap();
    // It would sleep for ever, so the experiment sets a limit: SO_SNDTIMEO, socket(7).
    let limit = Duration::from_millis(50);
    server.set_write_timeout(Some(limit)).unwrap();
    let error = uninterrupted(|| server.write(LINE)).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::WouldBlock,
        "nobody was served meanwhile"
    );
}

#[test]
fn b106_an_unchecked_send_loses_a_line_or_tears_it() {
    let (mut member, mut server) = nonblocking_pair();
    let filled = fill(&server);
    let error = server.write(LINE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock, "this line is lost");

    // The member reads a little, and then there is room for a part of what is sent.
    let long = LINE.repeat(filled / LINE.len() + 1);
    let mut taken = 0;
    until("a part is taken", || {
        let _ = member.read(&mut [0; 16 * 1024]).unwrap();
        taken = server.write(&long).unwrap_or(0);
        taken > 0
    });
    assert!(taken < long.len(), "{taken} bytes, and the rest is lost");
}

#[test]
fn b107_a_welcome_to_one_who_has_gone_is_a_broken_pipe() {
    let (client, mut server) = pair();
    reset(client);
    let mut error = None;
    until("a write fails", || {
        error = server.write(LINE).err();
        error.is_some()
    });
    let kind = error.unwrap().kind();
    let expected = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(expected.contains(&kind), "{kind}");
    // In C, SIGPIPE would end the server with all its members at the next one.
    let error = server.write(LINE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}
