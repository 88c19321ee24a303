//! Edges, and what becomes of them.

use std::io::{ErrorKind, Read, Write};
use std::net::{self, Shutdown};
use std::pin::pin;
use std::thread;
use std::time::Duration;

use ch12_async::runtime::{JoinSet, TcpListener, sleep};
use ch12_async::{Either, select};

use crate::{connection, run};

#[test]
fn one_edge_may_stand_for_more_bytes_than_a_read_takes() {
    run(|| async {
        let (mut stream, mut peer) = connection();
        peer.write_all(&[b'x'; 1000]).unwrap();
        for _ in 0..100 {
            assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 10);
        }
    });
}

#[test]
fn after_a_short_read_the_next_bytes_are_an_edge_of_their_own() {
    run(|| async {
        let (mut stream, mut peer) = connection();
        for _ in 0..100 {
            peer.write_all(b"x").unwrap();
            assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 1);
        }
    });
}

#[test]
fn bytes_and_the_end_may_come_in_one_edge() {
    run(|| async {
        let (mut stream, mut peer) = connection();
        peer.write_all(b"bye").unwrap();
        peer.shutdown(Shutdown::Write).unwrap();
        assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 3);
        for _ in 0..3 {
            assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 0, "and it stays");
        }
    });
}

#[test]
fn a_read_without_an_edge_makes_no_call() {
    let kind = run(|| async {
        let (mut stream, mut peer) = connection();
        peer.write_all(b"x").unwrap();
        stream.read(&mut [0; 10]).await.unwrap();
        peer.write_all(b"y").unwrap(); // there, and not yet reported
        stream.try_read(&mut [0; 10]).unwrap_err().kind()
    });
    assert_eq!(kind, ErrorKind::WouldBlock);
}

#[test]
fn a_write_waits_for_a_peer_that_reads_late() {
    let received = run(|| async {
        let (mut stream, mut peer) = connection();
        let reads = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50)); // by now all buffers are full
            let mut received = Vec::new();
            peer.read_to_end(&mut received).unwrap();
            received.len()
        });
        stream.write_all(&vec![b'x'; 16 << 20]).await.unwrap();
        drop(stream);
        reads.join().unwrap()
    });
    assert_eq!(received, 16 << 20);
}

#[test]
fn many_connections_in_one_edge_are_all_accepted() {
    run(|| async {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let peers: Vec<_> = (0..100)
            .map(|_| net::TcpStream::connect(address).unwrap())
            .collect();
        let listener = TcpListener::from_std(listener).unwrap();
        for peer in &peers {
            let (_, from) = listener.accept().await.unwrap();
            assert_eq!(from, peer.local_addr().unwrap());
        }
    });
}

#[test]
fn two_tasks_that_accept_both_get_on() {
    run(|| async {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = std::sync::Arc::new(TcpListener::from_std(listener).unwrap());
        let mut set = JoinSet::new();
        for _ in 0..2 {
            let listener = std::sync::Arc::clone(&listener);
            set.spawn(async move { listener.accept().await.map(|_| ()) });
        }
        sleep(Duration::from_millis(1)).await; // both wait
        let _peers = [(); 2].map(|()| net::TcpStream::connect(address).unwrap());
        while let Some(accepted) = set.join_next().await {
            accepted.unwrap();
        }
    });
}

#[test]
fn a_dropped_stream_closes_its_connection() {
    run(|| async {
        let (stream, mut peer) = connection();
        drop(stream);
        peer.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    });
}

#[test]
fn a_read_that_loses_a_select_loses_no_bytes() {
    run(|| async {
        let (mut stream, mut peer) = connection();
        let mut buffer = [0; 10];
        let lost = select(
            sleep(Duration::from_millis(1)),
            pin!(stream.read(&mut buffer)),
        )
        .await;
        assert!(matches!(lost, Either::First(())));
        peer.write_all(b"still here").unwrap();
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 10);
    });
}
