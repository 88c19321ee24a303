//! A task with always more to do, and the others.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ch12_async::runtime::{BUDGET, JoinSet};

use crate::{connection, run};

#[test]
fn a_task_whose_socket_always_has_more_lets_the_others_run() {
    let reads = run(|| async {
        let (mut stream, mut peer) = connection();
        peer.write_all(&[b'x'; 10_000]).unwrap();
        stream.readable().await.unwrap(); // the edge has come
        let quit = Arc::new(AtomicBool::new(false));
        let (seen, sets) = (Arc::clone(&quit), Arc::clone(&quit));
        let mut greedy = JoinSet::new();
        greedy.spawn(async move {
            let mut reads = 0;
            while !seen.load(Ordering::Relaxed) && reads < 10_000 {
                stream.read(&mut [0]).await.unwrap();
                reads += 1;
            }
            reads
        });
        let mut modest = JoinSet::new();
        modest.spawn(async move { sets.store(true, Ordering::Relaxed) });
        modest.join_next().await;
        greedy.join_next().await.unwrap()
    });
    // The read that found it spent goes on in the next turn, and then the word is there.
    assert_eq!(reads, BUDGET + 1);
}
