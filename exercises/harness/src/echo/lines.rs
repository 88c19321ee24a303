//! Lines go back byte for byte, however they are cut, and not without limit.

use std::time::Duration;

use super::{MAX_LINE, RULES, many_lines};
use crate::Server;

/// Lines that a careless server mistakes: CRLF, empty ones, NUL, bytes that aren't UTF-8.
const ODD_LINES: &[u8] = b"one\r\n\n\r\n \0\x01\xc3\x28\xff\n\x80 two\nquit?\n";
const REFUSAL: &[u8] = b"line too long\n";

/// The least a line echo must do.
pub fn a_line_comes_back(server: &Server) {
    server.teach("A line goes back byte for byte.", RULES);
    let mut client = server.client();
    client.send(b"hello\n");
    client.expect(b"hello\n");
    client.send(b"again\n");
    client.expect(b"again\n");
}

/// A read that ends before the LF brings half a line, which isn't answered yet.
pub fn half_a_line_waits_for_its_end(server: &Server) {
    server.teach(
        "A line is complete with its LF: keep what comes before, and answer then.",
        RULES,
    );
    let mut client = server.client();
    client.send(b"hel");
    client.wait_until_read();
    client.expect_silence(Duration::from_millis(30));
    client.send(b"lo\n");
    client.expect(b"hello\n");
}

/// TCP is a stream: each byte may come in a read of its own.
pub fn a_line_sent_byte_by_byte_comes_back(server: &Server) {
    server.teach(
        "TCP is a stream of bytes: a read may bring a single one. Keep the unfinished line.",
        RULES,
    );
    let mut client = server.client();
    client.send_byte_by_byte(ODD_LINES);
    client.expect(ODD_LINES);
}

/// Where the reads cut the stream changes nothing.
pub fn lines_cut_anywhere_come_back(server: &Server) {
    server.teach(
        "Where a read ends says nothing about lines: it may bring half of one, or one and a half.",
        RULES,
    );
    let mut client = server.client();
    for cut in 1..ODD_LINES.len() {
        client.send_in_pieces(ODD_LINES, &[cut]);
        client.expect(ODD_LINES);
    }
}

/// Only LF has a meaning; NUL, CR and bytes above 127 are data.
pub fn any_byte_may_stand_in_a_line(server: &Server) {
    server.teach(
        "A line is bytes, not text: all but LF may stand in it.",
        RULES,
    );
    let mut line: Vec<u8> = (0..=255).filter(|&byte| byte != b'\n').collect();
    line.push(b'\n');
    let mut client = server.client();
    client.send(&line);
    client.expect(&line);
}

/// `quit` is a command only as a whole line.
pub fn what_only_resembles_quit_is_a_line(server: &Server) {
    server.teach(
        "Only a line that is `quit` and nothing more ends the connection.",
        RULES,
    );
    let mut client = server.client();
    for line in [
        b"quits\n".as_slice(),
        b"qui\n",
        b" quit\n",
        b"quit \n",
        b"QUIT\n",
        b"quit\r\r\n",
    ] {
        client.send(line);
        client.expect(line);
    }
}

/// One read may bring many lines.
pub fn pipelined_lines_come_back_in_order(server: &Server) {
    server.teach(
        "One read may bring many lines: answer all of them, in order.",
        RULES,
    );
    let lines: Vec<u8> = (0..1000)
        .flat_map(|number| format!("line {number}\n").into_bytes())
        .collect();
    let mut client = server.client();
    client.send(&lines);
    client.expect(&lines);
}

/// More than the socket buffers hold, while the client reads.
pub fn a_mebibyte_of_lines_comes_back(server: &Server) {
    server.teach(
        "A write may take only a part of the bytes: the rest has to follow, in order.",
        RULES,
    );
    let lines = many_lines(1 << 20);
    let mut client = server.client();
    client.exchange(&lines, &lines);
}

/// The limit itself is allowed.
pub fn the_longest_line_comes_back(server: &Server) {
    server.teach("A line may have 65,536 bytes before its LF.", RULES);
    let mut line = vec![b'x'; MAX_LINE];
    line.push(b'\n');
    let mut client = server.client();
    client.exchange(&line, &line);
    // The limit holds for each line, not for all of them together.
    client.exchange(&line, &line);
}

/// Without a limit, a client that never sends LF takes all memory.
pub fn a_long_line_is_refused(server: &Server) {
    server.teach(
        "More than 65,536 bytes without LF are refused, or one client could take all memory.",
        RULES,
    );
    let mut client = server.client();
    client.flood(&vec![b'x'; MAX_LINE + 1]);
    client.expect_last(REFUSAL);
}

/// The limit doesn't depend on how much a single read brings.
pub fn a_long_line_is_refused_even_with_its_end(server: &Server) {
    server.teach(
        "A line of more than 65,536 bytes is refused, even if its LF is there.",
        RULES,
    );
    let mut line = vec![b'x'; MAX_LINE + 1];
    line.push(b'\n');
    let mut client = server.client();
    client.flood(&line);
    client.expect_last(REFUSAL);
}

/// A refusal concerns the long line only.
pub fn lines_before_a_refused_one_are_answered(server: &Server) {
    server.teach(
        "Lines that were complete before the long one have to be answered.",
        RULES,
    );
    let mut bytes = b"one\ntwo\n".to_vec();
    bytes.resize(bytes.len() + MAX_LINE + 1, b'x');
    let mut client = server.client();
    client.flood(&bytes);
    client.expect_last(b"one\ntwo\nline too long\n");
}

/// Closing a socket with unread input sends a reset, which destroys the answer on its way.
pub fn a_refusal_survives_a_flood(server: &Server) {
    server.teach(
        "Closing a socket with unread input sends a reset, and that destroys the answer on its way: \
         shut down writing, read and drop what still comes, then close.",
        RULES,
    );
    let mut client = server.client();
    client.flood(&vec![b'x'; MAX_LINE + (1 << 20)]);
    client.expect_last(REFUSAL);
}
