//! Handler, session, ids.

const NAME: &str = "step2_handler";

crate::suites_without_linger!("step2_handler");

/// By its id, a callback may act on any connection, and not only on its own.
#[test]
fn a_callback_may_cut_another_connection() {
    let server = crate::start(NAME, &["--newest", "1"]);
    let mut old = server.client();
    old.exchange(b"hello\n", b"hello\n");
    let mut new = server.client();
    new.exchange(b"hello\n", b"hello\n");
    crate::expect_cut(&old);
    new.exchange(b"still here\n", b"still here\n");
}
