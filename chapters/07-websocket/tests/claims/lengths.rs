//! How long a frame is (claims C141, C181 to C185; bugs B70, B83 to B85).

use ch07_websocket::{Error, Header, Mask, Opcode, Role};

const MASK: Mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);

/// The header of a frame of this length.
fn header(length: u64, mask: Option<Mask>) -> Vec<u8> {
    let header = Header {
        opcode: Opcode::Binary,
        last: true,
        compressed: false,
        mask,
        length,
    };
    header.encode().to_vec()
}

/// The length that a client reads in the header of a frame.
fn length(header: &[u8]) -> Result<u64, Error> {
    let parsed = Header::parse(header, Role::Client, u64::MAX)?;
    let (parsed, used) = parsed.expect("all of the header");
    assert_eq!(used, header.len());
    Ok(parsed.length)
}

#[test]
fn c141_a_header_has_2_to_10_bytes_and_4_more_with_a_mask() {
    for (payload, bytes) in [
        (0, 2),
        (125, 2),
        (126, 4),
        (65_535, 4),
        (65_536, 10),
        (u64::MAX >> 1, 10),
    ] {
        assert_eq!(header(payload, None).len(), bytes);
        assert_eq!(header(payload, Some(MASK)).len(), bytes + 4);
    }
}

/// The field has seven bits. That a frame *has* 126 bytes, or 127, is nothing special.
#[test]
fn c181_126_and_127_in_the_field_mean_that_the_length_follows() {
    assert_eq!(length(b"\x82\x7d"), Ok(125));
    assert_eq!(length(b"\x82\x7e\x00\x7e"), Ok(126));
    assert_eq!(length(b"\x82\x7e\x00\x7f"), Ok(127));
    assert_eq!(length(b"\x82\x7f\0\0\0\0\0\x01\0\0"), Ok(65_536));
}

#[test]
fn c182_each_length_has_its_shortest_form_and_no_other() {
    for (payload, written) in [
        (125, &b"\x82\x7d"[..]),
        (126, b"\x82\x7e\x00\x7e"),
        (127, b"\x82\x7e\x00\x7f"),
        (65_535, b"\x82\x7e\xff\xff"),
        (65_536, b"\x82\x7f\0\0\0\0\0\x01\0\0"),
    ] {
        assert_eq!(header(payload, None), written);
    }
    // What the document has for 125, and for 127.
    for longer in [&b"\x82\x7e\x00\x7d"[..], b"\x82\x7f\0\0\0\0\0\0\0\x7f"] {
        assert_eq!(length(longer), Err(Error::LengthNotShortest));
    }
}

#[test]
fn c183_of_the_64_bits_the_highest_is_0() {
    let most = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(length(most), Ok((1 << 63) - 1));
    let more = b"\x82\x7f\x80\0\0\0\0\0\0\0";
    assert_eq!(length(more), Err(Error::LengthTooLarge));
}

#[test]
fn c185_without_a_mask_there_is_no_key() {
    assert_eq!(header(5, None), b"\x82\x05");
    assert_eq!(header(5, Some(MASK)), b"\x82\x85\x37\xfa\x21\x3d");
}

/// As two C compilers of today lay it out: eight bytes, four, and room up to the next eight.
#[test]
fn b70_a_struct_of_a_long_length_and_a_key_has_16_bytes_unless_it_is_packed() {
    #[repr(C)]
    struct AsWritten(u64, [u8; 4]);
    #[repr(C, packed)]
    struct AsSent(u64, [u8; 4]);
    assert_eq!(size_of::<AsWritten>(), 16);
    assert_eq!(size_of::<AsSent>(), 12);
}

/// The flag is one bit: it is 0 or 1.
#[test]
fn b83_the_bit_that_says_masked_is_never_126() {
    let frames = (0..=255_u8).map(|second| (second >> 7, second & 0x7f));
    assert!(frames.clone().all(|(mask, _)| mask & 0x7f != 126));
    assert_eq!(
        frames.filter(|(_, length)| *length == 126).count(),
        2,
        "with a mask, and without one"
    );
}

#[test]
fn b84_126_read_in_the_order_of_a_pc_is_32256() {
    let frame = b"\x82\x7e\x00\x7e";
    assert_eq!(u16::from_le_bytes([frame[2], frame[3]]), 32_256);
    assert_eq!(length(frame), Ok(126));
}
