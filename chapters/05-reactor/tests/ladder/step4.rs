//! Stale ids and events.

const NAME: &str = "step4_stale";

crate::suites_without_linger!("step4_stale");

/// The handler keeps the ids of connections that have gone, and acts on them.
#[test]
fn a_stale_id_reaches_no_newcomer() {
    let server = crate::start(NAME, &["--newest", "2"]);
    let mut first = server.client();
    first.send(b"quit\n");
    first.expect_last(b"goodbye\n");
    drop(first);
    // It gets the slot of the first. The third cuts the first, and that is gone.
    let mut second = server.client();
    second.exchange(b"hello\n", b"hello\n");
    let mut third = server.client();
    third.exchange(b"hello\n", b"hello\n");
    second.exchange(b"still here\n", b"still here\n");
}
