use std::io::{Read, Write};
use std::net::TcpListener;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Two ends of a connection; neither blocks.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    near.set_nonblocking(true).unwrap();
    far.set_nonblocking(true).unwrap();
    (near, far)
}

/// An unlinked file that holds `bytes`.
fn file(bytes: &[u8]) -> Arc<File> {
    let path = std::env::temp_dir().join(format!(
        "output-test-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    let mut file = File::create_new(&path).unwrap();
    file.write_all(bytes).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    Arc::new(file)
}

/// Sends all of `output` in steps of at most `limit` bytes; returns what arrives.
fn transfer(output: &mut Output, limit: usize) -> io::Result<Vec<u8>> {
    let (near, far) = pair();
    let mut received = Vec::new();
    while output.send(&near, limit)? != Sent::All {
        let _ = (&far).read_to_end(&mut received); // as far as it goes: WouldBlock
    }
    assert_eq!(output.pending(), 0);
    drop(near);
    far.set_nonblocking(false)?;
    (&far).read_to_end(&mut received)?;
    Ok(received)
}

#[test]
fn neighbouring_bytes_merge() {
    let mut output = Output::default();
    output.push(b"one ");
    output.push(b"two");
    assert_eq!(&*output.head, b"one two");
    output.push_file(file(b"x"), 0..1);
    output.push(b"three ");
    output.push(b"four");
    assert_eq!(output.behind.len(), 1);
    assert_eq!(&*output.behind[0].1, b"three four");
}

#[test]
fn a_file_that_ends_early_is_an_error() {
    let mut output = Output::default();
    output.push_file(file(b"short"), 0..6);
    let error = transfer(&mut output, 1000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn a_range_that_is_empty_or_upside_down_is_nothing() {
    let mut output = Output::default();
    output.push_file(file(b"bytes"), 3..3);
    output.push_file(file(b"bytes"), Range { start: 4, end: 1 });
    assert_eq!(output.pending(), 0);
    assert!(output.behind.is_empty());
}

#[test]
fn no_more_than_the_limit_is_sent_at_once() {
    let (near, far) = pair();
    let mut output = Output::default();
    output.push(&[b'a'; 700]);
    output.push_file(file(&[b'b'; 700]), 0..700);
    let mut received = Vec::new();
    for (turn, sent) in [(1, Sent::UntilLimit), (2, Sent::UntilLimit), (3, Sent::All)] {
        assert_eq!(output.send(&near, 500).unwrap(), sent, "turn {turn}");
        let _ = (&far).read_to_end(&mut received);
        assert_eq!(output.pending(), 1400u64.saturating_sub(turn * 500));
    }
}

#[test]
fn a_head_and_the_start_of_its_file_share_a_segment() {
    let (near, far) = pair();
    SockRef::from(&near).set_tcp_nodelay(true).unwrap();
    let mut output = Output::default();
    output.push(b"head ");
    output.push_file(file(b"file"), 0..4);
    // The limit lies between the two: whatever leaves without its file would arrive now.
    assert_eq!(output.send(&near, 5).unwrap(), Sent::UntilLimit);
    let mut bytes = [0; 100];
    let error = (&far).read(&mut bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert_eq!(output.send(&near, 5).unwrap(), Sent::All);
    assert_eq!((&far).read(&mut bytes).unwrap(), 9);
}

#[test]
fn a_full_socket_stops_the_sending() {
    let (near, _far) = pair();
    let mut output = Output::default();
    output.push(&vec![0; 64 << 20]);
    assert_eq!(output.send(&near, usize::MAX).unwrap(), Sent::UntilFull);
    assert!(output.pending() > 0);
}

#[derive(Debug, Clone)]
enum Piece {
    Bytes(Vec<u8>),
    /// A range of a file of 1,000 bytes.
    File(u64, u64),
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        vec(any::<u8>(), 0..600).prop_map(Piece::Bytes),
        (0..1000u64, 0..1000u64).prop_map(|(a, b)| Piece::File(a.min(b), a.max(b))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The model is one vector of bytes.
    #[test]
    fn everything_arrives_once_and_in_order(pieces in vec(piece(), 0..20), limit in 1..900usize) {
        let content: Vec<u8> = (0..=250).cycle().take(1000).collect();
        let file = file(&content);
        let mut output = Output::default();
        let mut model = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    output.push(&bytes);
                    model.extend(bytes);
                }
                Piece::File(start, end) => {
                    output.push_file(Arc::clone(&file), start..end);
                    let (start, end) = (usize::try_from(start).unwrap(), usize::try_from(end).unwrap());
                    model.extend(&content[start..end]);
                }
            }
            prop_assert_eq!(output.pending(), model.len() as u64);
        }
        prop_assert_eq!(transfer(&mut output, limit).unwrap(), model);
    }
}
