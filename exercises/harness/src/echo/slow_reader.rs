//! One client sends and sends, and doesn't read: the server must wait for it, and for it alone.

use std::time::Duration;

use super::{TOGETHER, many_lines};
use crate::{Client, Server};

/// The others are served as if it weren't there.
pub fn a_client_that_never_reads_delays_nobody(server: &Server) {
    server.teach(
        "A write to a client that doesn't read keeps all others waiting.",
        TOGETHER,
    );
    let mut slow = server.slow_client();
    clog(&mut slow);
    server.client().exchange(b"hello\n", b"hello\n");
}

/// There is nothing to do until it reads.
pub fn a_server_sleeps_while_a_client_does_not_read(server: &Server) {
    server.teach(
        "While a client doesn't read, its socket isn't writable: sleep until it is.",
        TOGETHER,
    );
    let mut slow = server.slow_client();
    clog(&mut slow);
    server.expect_sleep(Duration::from_secs(1));
}

/// Nothing was lost meanwhile.
pub fn a_client_that_reads_late_gets_all(server: &Server) {
    server.teach(
        "What the socket doesn't take now has to be kept until it does.",
        TOGETHER,
    );
    // With an ordinary receive buffer: through a tiny one, what it then reads late comes in drops,
    // and on a busy machine TCP may pause for seconds between two of them.
    let mut late = server.client();
    let taken = clog(&mut late);
    // What was cut off in mid-line goes back at end of file.
    late.finish_sending();
    late.expect_last(&taken);
}

/// Sends lines, and doesn't read, until the server takes no more; returns those lines.
fn clog(client: &mut Client) -> Vec<u8> {
    let mut lines = many_lines(32 << 20);
    let taken = client.flood(&lines);
    lines.truncate(taken);
    lines
}
