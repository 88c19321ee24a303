//! Half-close, reset, linger.

const NAME: &str = "step5_endings";

crate::all_suites!("step5_endings");

/// Closing with unread input would send a reset, and destroy the goodbye.
#[test]
fn a_goodbye_reaches_a_client_that_is_still_sending() {
    let server = crate::start(NAME, &[]);
    let mut client = server.client();
    let lines = b"more\n".repeat(1 << 18);
    client.flood(&[b"quit\n", &lines[..]].concat());
    client.expect_last(b"goodbye\n");
}
