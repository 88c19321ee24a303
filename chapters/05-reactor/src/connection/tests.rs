use std::io::Write;
use std::net::TcpListener;
use std::thread;

use super::*;

/// A connection and its peer. No epoll, no reactor.
fn connected() -> (Connection, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    (Connection::new(stream), peer)
}

fn push(connection: &mut Connection, spare: &mut Spare, bytes: &[u8]) {
    connection.push(&Limits::default(), spare, |output| output.push(bytes));
}

fn scratch(size: usize) -> Buffer {
    Buffer::with_size(HEADROOM + size)
}

/// Reads until something other than “nothing yet” comes.
fn receive(connection: &mut Connection, limits: &Limits, scratch: &mut Buffer) -> Received {
    loop {
        match connection.receive(EpollFlags::EPOLLIN, limits, scratch) {
            Received::Nothing => thread::yield_now(), // it is on its way
            received => return received,
        }
    }
}

#[test]
fn a_connection_gives_its_output_queue_back_when_all_is_sent() {
    let (mut connection, _peer) = connected();
    let mut spare = Spare::default();
    push(&mut connection, &mut spare, b"hello");
    assert!(connection.output.is_some());
    let flushed = connection.flush(&Limits::default(), &mut spare);
    assert_eq!(flushed, Ok(Flushed::All));
    assert!(connection.output.is_none());
    assert_eq!(spare.len(), 1, "for the next one");
}

#[test]
fn a_long_output_queue_is_not_kept_in_reserve() {
    let (mut connection, _peer) = connected();
    let mut spare = Spare::default();
    let long = vec![b'x'; 2 * crate::fast::spare::CAPACITY];
    push(&mut connection, &mut spare, &long);
    let flushed = connection.flush(&Limits::default(), &mut spare);
    assert_eq!(flushed, Ok(Flushed::All));
    assert_eq!(spare.len(), 0);
}

#[test]
fn a_read_takes_as_much_as_it_may() {
    for read in [16, 100_000] {
        let limits = Limits {
            read,
            ..Limits::default()
        };
        let (mut connection, mut peer) = connected();
        let mut scratch = scratch(read);
        peer.write_all(&[b'x'; 100]).unwrap();
        let received = receive(&mut connection, &limits, &mut scratch);
        assert!(matches!(received, Received::All(_)), "{received:?}");
        assert_eq!(scratch.len(), read.min(100));
    }
}

#[test]
fn consumed_input_leaves_no_buffer_behind() {
    let (mut connection, _peer) = connected();
    let mut scratch = scratch(64);
    for lent in [Some(Box::new(Buffer::new())), None] {
        let kept = connection.keep_input(lent, &mut scratch, &Limits::default());
        assert_eq!(kept, Ok(()));
        assert!(connection.input.is_none());
    }
}

#[test]
fn what_is_left_of_the_input_is_kept_in_a_buffer_that_fits() {
    let (mut connection, _peer) = connected();
    let mut scratch = scratch(64);
    scratch.space(HEADROOM, 64)[..4].copy_from_slice(b"half");
    scratch.filled(HEADROOM, 4);
    let limits = Limits::default();
    connection.keep_input(None, &mut scratch, &limits).unwrap();
    assert_eq!(connection.input.as_ref().unwrap().capacity(), 4);
    assert!(scratch.is_empty(), "for the next read");

    let mut large = Box::new(Buffer::from(&vec![b'x'; 60_000][..]));
    large.consume(59_990);
    connection
        .keep_input(Some(large), &mut scratch, &limits)
        .unwrap();
    let kept = connection.input.unwrap();
    assert_eq!((kept.len(), kept.capacity()), (10, 10));
}

#[test]
fn a_closed_connection_sends_what_is_queued_and_lingers() {
    let (mut connection, peer) = connected();
    let mut spare = Spare::default();
    let limits = Limits::default();
    push(&mut connection, &mut spare, b"last");
    connection.close(u64::MAX);
    push(&mut connection, &mut spare, b"too late");
    assert_eq!(connection.flush(&limits, &mut spare), Ok(Flushed::Lingers));
    assert_eq!(io::read_to_string(&peer).unwrap(), "last");
    drop(peer);
    let mut scratch = scratch(64);
    let ended = loop {
        match connection.receive(EpollFlags::EPOLLIN, &limits, &mut scratch) {
            Received::Discarded => thread::yield_now(),
            received => break received,
        }
    };
    assert_eq!(ended, Received::Failed(Closed::Finished));
}

#[test]
fn a_pause_stops_the_reading_and_a_spent_edge_is_armed_anew_after_it() {
    let (mut connection, mut peer) = connected();
    let limits = Limits::default();
    let mut scratch = scratch(limits.read);
    peer.write_all(b"input").unwrap();
    connection.pause();
    let received = connection.receive(EpollFlags::EPOLLIN, &limits, &mut scratch);
    assert_eq!(received, Received::Unwanted);
    connection.spend_edge();
    let unwatched = Armed::Level(EpollFlags::empty());
    assert_eq!(connection.to_arm(&limits), Some(unwatched));
    connection.arm(unwatched);
    assert!(connection.resume(), "that is news");
    assert!(!connection.resume(), "and now it isn't");
    assert_eq!(connection.to_arm(&limits), None, "the offer comes first");
    connection.offered();
    assert_eq!(connection.to_arm(&limits), Some(Armed::Edge));
    let received = receive(&mut connection, &limits, &mut scratch);
    assert!(matches!(received, Received::All(_)), "{received:?}");
}

#[test]
fn a_few_queued_files_fill_a_connection_however_short_they_are() {
    let limits = Limits::default();
    let (mut connection, mut peer) = connected();
    let mut spare = Spare::default();
    let file = std::sync::Arc::new(std::fs::File::open("/proc/self/exe").unwrap());
    for number in 1..=limits.files {
        assert!(!connection.is_full(), "after {number} files");
        connection.push(&limits, &mut spare, |output| {
            output.push_file(std::sync::Arc::clone(&file), 0..1);
        });
    }
    assert!(connection.is_full());
    assert!(!connection.has_drained(&limits));
    assert_eq!(connection.flush(&limits, &mut spare), Ok(Flushed::All));
    assert!(connection.has_drained(&limits));
    assert_eq!(std::sync::Arc::strong_count(&file), 1);
    peer.write_all(b"x").unwrap();
}
