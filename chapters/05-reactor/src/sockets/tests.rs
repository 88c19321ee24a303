use std::io::Write;
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::Limits;

/// One connection in a table of its own, and its peer.
fn connected() -> (Io, ConnId, TcpStream) {
    connected_with(Limits::default())
}

fn connected_with(limits: Limits) -> (Io, ConnId, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    let mut io = Io::new(limits).unwrap();
    let id = io.insert(stream).unwrap();
    (io, id, peer)
}

fn kept(io: &Io, id: ConnId) -> Option<&Buffer> {
    io.connections.get(id)?.input.as_deref()
}

#[test]
fn a_connection_gives_its_output_queue_back_when_all_is_sent() {
    let (mut io, id, _peer) = connected();
    io.send(id, b"hello");
    assert!(io.connections.get(id).unwrap().output.is_some());
    io.flush(id);
    assert!(io.connections.get(id).unwrap().output.is_none());
    assert_eq!(io.spare.len(), 1, "for the next one");
}

#[test]
fn a_long_output_queue_is_not_kept_in_reserve() {
    let (mut io, id, _peer) = connected();
    io.send(id, &vec![b'x'; 2 * SPARE_CAPACITY]);
    io.flush(id);
    assert_eq!(io.pending_output(id), 0);
    assert!(io.spare.is_empty());
}

#[test]
fn a_read_takes_as_much_as_it_may() {
    for read in [16, 100_000] {
        let limits = Limits {
            read,
            ..Limits::default()
        };
        let (mut io, id, mut peer) = connected_with(limits);
        let mut scratch = Buffer::with_size(HEADROOM + read);
        peer.write_all(&[b'x'; 100]).unwrap();
        while !matches!(
            io.receive(id, EpollFlags::EPOLLIN, &mut scratch),
            Received::Data(_)
        ) {
            thread::yield_now(); // it is on its way
        }
        assert_eq!(scratch.len(), read.min(100));
    }
}

#[test]
fn consumed_input_leaves_no_buffer_behind() {
    let (mut io, id, _peer) = connected();
    let mut scratch = Buffer::with_size(HEADROOM + 64);
    let lent = Some(Box::new(Buffer::new()));
    io.keep_input(id, lent, &mut scratch);
    assert!(kept(&io, id).is_none());
    io.keep_input(id, None, &mut scratch);
    assert!(kept(&io, id).is_none());
}

#[test]
fn what_is_left_of_the_input_is_kept_in_a_buffer_that_fits() {
    let (mut io, id, _peer) = connected();
    let mut scratch = Buffer::with_size(HEADROOM + 64);
    scratch.space(HEADROOM, 64)[..4].copy_from_slice(b"half");
    scratch.filled(HEADROOM, 4);
    io.keep_input(id, None, &mut scratch);
    assert_eq!(kept(&io, id).unwrap().capacity(), 4);
    assert!(scratch.is_empty(), "for the next read");

    let mut large = Box::new(Buffer::from(&vec![b'x'; 60_000][..]));
    large.consume(59_990);
    io.keep_input(id, Some(large), &mut scratch);
    let kept = kept(&io, id).unwrap();
    assert_eq!((kept.len(), kept.capacity()), (10, 10));
}
