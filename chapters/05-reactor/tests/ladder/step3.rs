//! Output queue, write interest, high-water mark.

const NAME: &str = "step3_output";

crate::suites_without_linger!("step3_output");

/// What the kernel's buffers on both sides may hold, and the high-water mark.
const ENOUGH: usize = 32 << 20;

/// TCP slows it down instead, and it costs the server no memory.
#[test]
fn a_client_that_never_reads_is_not_read_from_for_ever() {
    let server = crate::start(NAME, &[]);
    let mut client = server.slow_client();
    let lines = b"a line\n".repeat(2 * ENOUGH / 7);
    let taken = client.flood(&lines);
    assert!(taken < ENOUGH, "{taken} bytes were taken");
}
