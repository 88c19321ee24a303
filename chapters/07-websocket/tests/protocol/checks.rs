//! What must hold for any bytes whatever. The fuzz targets and the tests call the same checks.

use ch07_websocket::deflate::{Inflater, Policy, Window, agree, extensions};
use ch07_websocket::{
    Assembler, Decoder, Error, Event, Header, Impossible, Kind, Limits, Mask, Opcode, Role, Utf8,
    write_fragment, write_frame,
};
use reactor::Buffer;

/// Limits that are met soon.
pub const NARROW: Limits = Limits {
    frame: 16,
    message: 24,
    fragments: 3,
};

/// A frame that waits in the input for its end is at most as long as this.
const LONGEST_WAIT: usize = 6 + 125;

/// No message that is inflated here gets longer.
const MOST: usize = 1 << 20;

/// What has been understood of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub said: Vec<Said>,
    pub error: Option<Error>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Message(Kind, Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
}

/// Reads `input` as what comes from a client and as what comes from a server, in pieces of every
/// kind: the reading is the same.
pub fn frames(input: &[u8], cut: usize) {
    for role in [Role::Server, Role::Client] {
        for limits in [&Limits::default(), &NARROW] {
            let whole = read(input, &[input.len()], role, limits);
            let cut = cut % (input.len() + 1);
            let cut_once = read(input, &[cut, input.len()], role, limits);
            assert_eq!(cut_once, whole, "cut at {cut}");
            let bytes: Vec<_> = (0..=input.len()).collect();
            let byte_by_byte = read(input, &bytes, role, limits);
            assert_eq!(byte_by_byte, whole, "byte by byte");
        }
    }
}

/// Takes `input` for an offer, whose answer can be read, and for a compressed message, of which the
/// same comes in whatever pieces.
pub fn deflate(input: &[u8], cut: usize) {
    if let Ok(Some(agreement)) = agree([input], Policy::default()) {
        let answer = extensions(agreement.answer().as_bytes()).expect("a list");
        assert_eq!(answer.len(), 1);
    }
    let (front, back) = input.split_at(cut % (input.len() + 1));
    let whole = inflated(&[input]);
    assert!(inflated(&[front, back]) == whole, "cut at {}", front.len());
    let bytes: Vec<_> = input.chunks(1).chain([&b""[..]]).collect();
    assert!(inflated(&bytes) == whole, "byte by byte");
}

/// What becomes of a compressed message in these pieces; `None` if it is damaged or too long.
fn inflated(pieces: &[&[u8]]) -> Option<Vec<u8>> {
    let mut inflater = Inflater::new(Window::LARGEST);
    let (mut out, mut piece) = (Vec::new(), vec![0; 1000]);
    for (nth, bytes) in pieces.iter().enumerate() {
        let last = nth + 1 == pieces.len();
        let filled = inflater.inflate(bytes, last, &mut piece, |bytes| {
            out.extend_from_slice(bytes);
            if out.len() > MOST {
                return Err(Error::MessageTooLong);
            }
            Ok(())
        });
        out.extend_from_slice(&piece[..filled.ok()?]);
        if out.len() > MOST {
            return None;
        }
    }
    Some(out)
}

/// Reads `input` while it grows to each of `ends`.
pub fn read(input: &[u8], ends: &[usize], role: Role, limits: &Limits) -> Reading {
    let (mut decoder, mut buffer) = (Decoder::new(role), Buffer::new());
    let (mut assembler, mut parts) = (Assembler::default(), Vec::new());
    let (mut said, mut at) = (Vec::new(), 0);
    for &end in ends {
        buffer.extend(&input[at..end]);
        at = end;
        loop {
            let event = match decoder.next(&mut buffer, limits) {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next(&mut buffer, limits), Err(error));
                    assert!(error.code().number() < 1010, "{error:?}");
                    let error = Some(error);
                    return Reading { said, error };
                }
            };
            said.push(match event {
                Event::Ping(data) => Said::Ping(data.to_vec()),
                Event::Pong(data) => Said::Pong(data.to_vec()),
                Event::Close(close) => {
                    let code = close.code.map(ch07_websocket::CloseCode::number);
                    Said::Close(code, close.reason.to_owned())
                }
                Event::Deflated(_) => unreachable!("without an agreement, it is an error"),
                Event::Data(part) => {
                    assert!(part.last || !part.bytes.is_empty(), "a part without bytes");
                    parts.extend_from_slice(part.bytes);
                    match assembler.add(part) {
                        None => continue,
                        Some(message) => {
                            assert_eq!(message.bytes, parts);
                            let is_text = message.kind == Kind::Text;
                            assert_eq!(message.text().is_some(), is_text, "{message:?}");
                            Said::Message(message.kind, std::mem::take(&mut parts))
                        }
                    }
                }
            });
        }
        assert!(buffer.len() < LONGEST_WAIT, "{} bytes wait", buffer.len());
    }
    Reading { said, error: None }
}

/// Takes `plan` as one for messages in fragments with control frames between them, and reads
/// what it wrote: in pieces as the plan has it.
pub fn round_trip(plan: &[u8]) {
    for role in [Role::Server, Role::Client] {
        let (written, said, ends) = write(plan, role);
        let reading = read(&written, &ends, role, &Limits::default());
        assert_eq!(reading, Reading { said, error: None });
    }
}

/// Three bytes of the plan decide about a frame, and the fourth how many of the next bytes it has
/// for its payload.
fn write(plan: &[u8], reader: Role) -> (Vec<u8>, Vec<Said>, Vec<usize>) {
    let (mut out, mut said, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut message: Option<(Kind, Vec<u8>)> = None;
    let mut rest = plan;
    while let [what, key, cut, length, others @ ..] = rest {
        let (payload, others) = others.split_at(usize::from(*length).min(others.len()));
        rest = others;
        let mask = (reader == Role::Server).then_some(Mask::new([*key, *cut, *what, *length]));
        let begin = out.len();
        let control = &payload[..payload.len().min(125)];
        let last = what & 0x10 != 0;
        match what & 0x0f {
            0 => {
                write_frame(&mut out, Opcode::Ping, mask, control);
                said.push(Said::Ping(control.to_vec()));
            }
            1 => {
                write_frame(&mut out, Opcode::Pong, mask, control);
                said.push(Said::Pong(control.to_vec()));
            }
            _ => {
                // A text is one fragment of ASCII after another; one byte may say much.
                let text = what & 0x20 != 0;
                let (opcode, (kind, mut bytes)) = match message.take() {
                    Some(message) => (Opcode::Continuation, message),
                    None if text => (Opcode::Text, (Kind::Text, Vec::new())),
                    None => (Opcode::Binary, (Kind::Binary, Vec::new())),
                };
                let many = if what & 0x0f == 15 { 300 } else { 1 };
                let mut fragment = payload.repeat(many);
                if kind == Kind::Text {
                    fragment = fragment.iter().map(|byte| byte & 0x7f).collect();
                }
                let length = fragment.len() as u64;
                let header = Header {
                    opcode,
                    last,
                    compressed: false,
                    mask,
                    length,
                };
                write_fragment(&mut out, header, &fragment);
                bytes.extend(fragment);
                if last {
                    said.push(Said::Message(kind, bytes));
                } else {
                    message = Some((kind, bytes));
                }
            }
        }
        ends.push(begin + usize::from(*cut) % (out.len() - begin + 1));
    }
    ends.push(out.len());
    (out, said, ends)
}

/// Whether `text` is UTF-8 is the same, however it is cut; and what is refused is no beginning of
/// any.
pub fn utf8(text: &[u8], cut: usize) {
    let expected = match std::str::from_utf8(text) {
        Ok(_) => Ok(true),
        Err(error) if error.error_len().is_none() => Ok(false),
        Err(_) => Err(Impossible),
    };
    let (first, second) = text.split_at(cut % (text.len() + 1));
    let mut whole = Utf8::default();
    assert_eq!(whole.check(text).map(|()| whole.is_complete()), expected);
    let mut pieces = Utf8::default();
    let cut_once = pieces.check(first).and_then(|()| pieces.check(second));
    assert_eq!(cut_once.map(|()| pieces.is_complete()), expected);
    let mut bytes = Utf8::default();
    let mut each = text.chunks(1).map(|byte| bytes.check(byte));
    let byte_by_byte = each.find(Result::is_err).unwrap_or(Ok(()));
    assert_eq!(byte_by_byte.map(|()| bytes.is_complete()), expected);
}
