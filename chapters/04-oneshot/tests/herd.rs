//! What is certain of `examples/herd.rs`; how large the herd is depends on machine and kernel.

#[expect(dead_code, reason = "its main is for cargo run --example herd")]
#[path = "../examples/herd.rs"]
mod herd;

use herd::{Count, WAYS, herd};

const CONNECTIONS: i64 = 500;

/// The counts of all ways, in the order of the example's table: each returns once all clients are
/// served.
fn counts() -> [Count; 4] {
    WAYS.map(|way| herd(way, 500, 4).unwrap())
}

#[test]
fn every_client_is_served_once() {
    for count in counts() {
        let (told, in_vain) = (count.told.into_inner(), count.in_vain.into_inner());
        assert_eq!(told - in_vain, CONNECTIONS);
    }
}

#[test]
fn exclusive_wakes_fewer_than_a_plain_epoll_each() {
    let [_, _, plain, exclusive] = counts().map(|count| count.woken.into_inner());
    assert!(exclusive < plain, "{exclusive} and {plain}");
}

#[test]
fn oneshot_tells_one_worker_of_each_client() {
    let [_, oneshot, ..] = counts();
    assert_eq!(oneshot.told.into_inner(), CONNECTIONS);
}
