//! What holds for whatever is sent: for the property tests, and for the fuzzer.

use ch08_chat::{LineReader, MAX_LINE, Protocol, Refusal, Room};
use reactor::Buffer;

/// All lines of `bytes`, which come in pieces that end at `cuts`, and the most that was kept.
pub fn lines(bytes: &[u8], cuts: &[usize]) -> (Vec<Result<String, Refusal>>, usize) {
    let (mut reader, mut input) = (LineReader::default(), Buffer::new());
    let (mut lines, mut kept, mut from) = (Vec::new(), 0, 0);
    for &to in cuts.iter().chain([&bytes.len()]) {
        let to = to.clamp(from, bytes.len());
        input.extend(&bytes[from..to]);
        from = to;
        while let Some(line) = reader.next(&mut input) {
            lines.push(line.map(str::to_owned));
        }
        kept = kept.max(input.len());
    }
    if let Some(line) = reader.rest(&mut input) {
        lines.push(line.map(str::to_owned));
    }
    (lines, kept)
}

/// The same with the means of the standard library, all at once.
fn expected(bytes: &[u8]) -> Vec<Result<String, Refusal>> {
    let mut pieces: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
    // What is behind the last LF is a line, unless it is nothing, or what has been skipped.
    let last = pieces.pop().unwrap_or_default();
    let longest = MAX_LINE + 1;
    if !last.is_empty() {
        pieces.push(last);
    }
    let line = |piece: &&[u8]| {
        let line = piece.strip_suffix(b"\r").unwrap_or(piece);
        if piece.len() > longest || line.len() > MAX_LINE {
            return Err(Refusal::TooLong);
        }
        String::from_utf8(line.to_vec()).map_err(|_| Refusal::NotUtf8)
    };
    pieces.iter().map(line).collect()
}

/// Whatever comes in whatever pieces, the lines are the same, and one is kept at most.
pub fn reading(bytes: &[u8], cuts: &[usize]) {
    let (lines, kept) = lines(bytes, cuts);
    assert_eq!(lines, expected(bytes));
    assert!(kept < MAX_LINE + 2, "{kept} bytes were kept");
}

/// Whatever is typed, what comes of it can be shown, and is a line for each who is told.
pub fn talking(bytes: &[u8]) {
    let mut room = Room::new("test");
    let (alice, bob) = (1, 2);
    for line in lines(bytes, &[]).0 {
        let _ = (room.join(alice), room.join(bob));
        for letter in room.hear(alice, line.as_deref().map_err(Clone::clone)) {
            let mut out = Vec::new();
            Protocol::Lines.write(&letter.event, &mut out);
            let text = String::from_utf8(out).expect("lines are UTF-8");
            let line = text.strip_suffix('\n').expect("a line has an end");
            assert!(!line.contains(char::is_control), "{line:?}");
        }
        let nick = room.nick(alice).map(|nick| nick.as_str().chars().count());
        assert!(nick.is_none_or(|length| (1..=20).contains(&length)));
    }
}
