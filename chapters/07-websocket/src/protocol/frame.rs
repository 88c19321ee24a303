//! Frames on their way out.

use crate::{Close, Header, Mask, Opcode};

/// Appends a whole frame to `out`. A client chooses `mask` anew for each, so that it can't be
/// foreseen (RFC 6455 §5.3); a server has none.
///
/// ```
/// use ch07_websocket::{Opcode, write_frame};
///
/// let mut out = Vec::new();
/// write_frame(&mut out, Opcode::Text, None, b"Hello");
/// assert_eq!(out, b"\x81\x05Hello");
/// ```
pub fn write_frame(out: &mut Vec<u8>, opcode: Opcode, mask: Option<Mask>, payload: &[u8]) {
    let header = Header {
        opcode,
        last: true,
        compressed: false,
        mask,
        length: payload.len() as u64,
    };
    write_fragment(out, header, payload);
}

/// Appends a frame with this header and the payload that it announces, which isn't masked yet.
pub fn write_fragment(out: &mut Vec<u8>, header: Header, payload: &[u8]) {
    out.extend_from_slice(&header.encode());
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(mut mask) = header.mask {
        mask.apply(&mut out[start..]);
    }
}

/// Appends a Close.
pub fn write_close(out: &mut Vec<u8>, mask: Option<Mask>, close: Close<'_>) {
    let mut payload = Vec::new();
    close.write(&mut payload);
    write_frame(out, Opcode::Close, mask, &payload);
}

#[cfg(test)]
mod tests {
    use super::{write_close, write_frame};
    use crate::{Close, CloseCode, Mask, Opcode};

    fn frame(opcode: Opcode, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write_frame(&mut out, opcode, key.map(Mask::new), payload);
        out
    }

    /// RFC 6455 §5.7.
    #[test]
    fn the_examples_of_the_rfc_are_written_as_there() {
        assert_eq!(frame(Opcode::Text, None, b"Hello"), b"\x81\x05Hello");
        assert_eq!(
            frame(Opcode::Text, Some([0x37, 0xfa, 0x21, 0x3d]), b"Hello"),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
        );
        assert_eq!(frame(Opcode::Ping, None, b"Hello"), b"\x89\x05Hello");
        let long = frame(Opcode::Binary, None, &[0; 256]);
        assert_eq!(long[..4], *b"\x82\x7e\x01\x00");
        let longer = frame(Opcode::Binary, None, &vec![0; 65536]);
        assert_eq!(longer[..10], *b"\x82\x7f\0\0\0\0\0\x01\0\0");
    }

    #[test]
    fn a_close_has_its_code_and_its_reason() {
        let mut out = Vec::new();
        let close = Close {
            code: Some(CloseCode::GOING_AWAY),
            reason: "bye",
        };
        write_close(&mut out, None, close);
        assert_eq!(out, b"\x88\x05\x03\xe9bye");
    }
}
